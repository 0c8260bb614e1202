#ifndef PARLEY_CONNECTION_OUTGOING_CALLS_H_
#define PARLEY_CONNECTION_OUTGOING_CALLS_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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

  /// Starts a call, or ends it NOT_SENT; waits for room in the outbox until the call's deadline.
  /// With `keeps_deadline` the deadline is kept here, else the caller comes with Leave. The caller
  /// flushes afterwards.
  void Start(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request,
             bool keeps_deadline);

  /// Ends a call for its application: CANCEL is sent, its slot is held until the RESPONSE.
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
  std::size_t in_flight() const { return table_.size(); }

  /// The writer has made room: wakes who waits for it. Locked.
  void RoomMade() {
    if (waiting_for_room_ > 0) {
      room_.notify_all();
    }
  }

 private:
  std::optional<StatusMessage> FaultOf(const OutgoingRequest& request) const;
  /// Locked. Waits for room; why the call must not start, or nothing.
  std::optional<StatusMessage> AwaitTurn(std::unique_lock<std::mutex>& lock,
                                         const OutgoingRequest& request);
  /// Locked. Takes an id and appends the frame in one step (C-1); a fault if it does not fit.
  std::optional<StatusMessage> Stage(const std::shared_ptr<OutgoingCall>& call,
                                     const OutgoingRequest& request, bool keeps_deadline);
  /// Locked.
  void CheckOpened(const Envelope& envelope) const;
  /// Locked. Ends calls that are out of the table; moves those that their applications left out of
  /// `calls` and gives them.
  static std::vector<std::shared_ptr<OutgoingCall>> End(
      std::vector<std::shared_ptr<OutgoingCall>>& calls);
  void DropTimer(const OutgoingCall& call);

  std::mutex& mutex_;
  Outbox& outbox_;
  Timers& timers_;
  const Side side_;
  const std::function<void()> flush_;

  // Guarded by mutex_.
  std::condition_variable room_;
  std::size_t waiting_for_room_ = 0;
  CallTable<OutgoingCall> table_;
  std::uint64_t next_id_;
  std::optional<StatusMessage> refusal_;
  std::uint64_t go_away_id_ = UINT64_MAX;
  std::uint32_t max_calls_ = 0;
  std::uint32_t max_frame_ = 0;
  std::uint64_t max_message_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTGOING_CALLS_H_
