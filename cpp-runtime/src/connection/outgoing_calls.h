#ifndef PARLEY_CONNECTION_OUTGOING_CALLS_H_
#define PARLEY_CONNECTION_OUTGOING_CALLS_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection/call_table.h"
#include "connection/outbox.h"
#include "connection/settings.h"
#include "connection/timers.h"
#include "parley/connection/outgoing_call.h"

namespace parley {

/// The calls of this side: their ids, their slots, and how each ends exactly once. Safe for use by
/// many threads; it shares the connection's lock and tells calls of their end outside of it.
class OutgoingCalls {
 public:
  /// @param flush writes what a timer has appended
  OutgoingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, Side side,
                std::function<void()> flush);

  /// The handshake is done: calls may start, within the peer's limits.
  void Open(std::uint32_t max_calls, std::uint32_t max_frame, std::uint64_t max_message);

  /// Starts a call, or ends it NOT_SENT; never waits. While the outbox has no room the call is
  /// queued as a copy, without an id but with its slot, and goes out when room comes. With
  /// `keeps_deadline` the deadline is kept here, else the caller comes with Leave. The caller
  /// flushes afterwards.
  void Start(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request,
             bool keeps_deadline);

  /// Ends a call for its application: CANCEL is sent, its slot is held until the RESPONSE.
  /// One that is still queued is taken back: NOT_SENT.
  /// Without effect once it has ended; whether this ended it. The caller flushes afterwards.
  bool Leave(OutgoingCall& call, const StatusMessage& why);

  /// A RESPONSE has arrived. The caller flushes afterwards.
  /// @throws WireError C-2 when it answers nothing
  void Response(const Envelope& response);

  /// Locked. From now on no call starts.
  void Refuse(const StatusMessage& why);

  /// GOAWAY: the peer did not run calls above `last_id` and will not (G-1); no more start here.
  void GoAway(std::uint64_t last_id, const StatusMessage& why);

  /// The connection has ended: every call ends at once, by what is known of it (C-9).
  /// With `all_sent` what is queued will still be written, so that none counts as unsent.
  void Lost(const StatusMessage& why, bool all_sent);

  /// Locked. Calls that hold a slot.
  std::size_t in_flight() const { return table_.size() + queued_.size() + late_.size(); }

  /// Locked. Whether calls wait for room.
  bool HasQueued() const { return !queued_.empty(); }

  /// Locked. Appends what is queued as far as there is room.
  void StageQueued();

 private:
  /// A call that waits for room, with all that its frame needs.
  struct Queued {
    std::shared_ptr<OutgoingCall> call;
    std::string method;
    std::string message;
    std::vector<std::pair<std::string, std::string>> metadata;
    std::optional<std::int64_t> deadline;
  };

  std::optional<StatusMessage> FaultOf(const OutgoingRequest& request) const;
  /// Locked. Why the call must not start, or nothing.
  std::optional<StatusMessage> RefusalOf(const OutgoingRequest& request) const;
  /// Locked. Why the message must not be sent, or nothing; `id` is at least what it will get.
  std::optional<StatusMessage> SizeFaultOf(const OutgoingRequest& request, std::uint64_t id) const;
  /// Locked. Takes an id and appends the frame in one step (C-1); false, and nothing has happened,
  /// when the message does not write itself.
  bool Stage(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request);
  /// Locked. Copies what the call needs to be staged later; false as for Stage.
  bool Queue(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request);
  /// Locked. Takes a queued call back.
  std::list<Queued> Withdraw(const OutgoingCall& call);
  /// Locked. Takes all of them back.
  std::vector<std::shared_ptr<OutgoingCall>> WithdrawAll();
  Envelope HeadOf(const OutgoingRequest& request, std::uint64_t id) const;
  /// Locked.
  void CheckOpened(const Envelope& envelope) const;
  /// Locked. Ends calls that are out of the table; moves those that their applications left out of
  /// `calls` and gives them.
  static std::vector<std::shared_ptr<OutgoingCall>> End(
      std::vector<std::shared_ptr<OutgoingCall>>& calls);
  void FailUnsent(const std::vector<std::shared_ptr<OutgoingCall>>& calls,
                  const StatusMessage& why);
  void DropTimer(const OutgoingCall& call);

  std::mutex& mutex_;
  Outbox& outbox_;
  Timers& timers_;
  const Side side_;
  const std::function<void()> flush_;

  // Guarded by mutex_.
  CallTable<OutgoingCall> table_;
  std::list<Queued> queued_;
  /// Queued calls whose time was over when room came: whoever keeps their deadlines ends them.
  std::list<Queued> late_;
  std::uint64_t next_id_;
  std::optional<StatusMessage> refusal_;
  std::uint64_t go_away_id_ = UINT64_MAX;
  std::uint32_t max_calls_ = 0;
  std::uint32_t max_frame_ = 0;
  std::uint64_t max_message_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTGOING_CALLS_H_
