#ifndef PARLEY_CONNECTION_OUTGOING_CALLS_H_
#define PARLEY_CONNECTION_OUTGOING_CALLS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection/call_table.h"
#include "connection/held_bytes.h"
#include "connection/outbox.h"
#include "connection/requests.h"
#include "connection/settings.h"
#include "connection/timers.h"
#include "parley/connection/offer.h"
#include "parley/connection/outgoing_call.h"
#include "parley/wire/messages.h"

namespace parley {

/// The calls of this side: their slots, what they send, and how each ends exactly once. Their
/// REQUESTs go out through Requests; what arrives for them is with Replies. Safe for use by many
/// threads; it shares the connection's lock and tells calls of their end outside of it.
class OutgoingCalls {
 public:
  /// @param flush writes what a timer has appended
  OutgoingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, HeldBytes& held, Side side,
                const Settings& settings, std::function<void()> flush);
  ~OutgoingCalls();

  /// The handshake is done: calls may start, within the peer's limits.
  /// @param streams whether both sides speak level 2
  void Open(const HelloMessage& peer, bool streams);

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

  /// Offers a message of the caller's stream; never waits. kOver if the call has ended, or ends
  /// because of it. The caller flushes afterwards, holding no lock of its own.
  Offer Try(const std::shared_ptr<OutgoingCall>& call, const OutgoingMessage& message);

  /// Half-closes; without effect the second time. The caller flushes afterwards.
  void FinishSending(OutgoingCall& call);

  /// The application has consumed a message of the callee's. The caller flushes afterwards.
  void Consumed(OutgoingCall& call, std::uint64_t cost);

  /// A thread waits for the call from now on, if it is still there.
  void Attend(OutgoingCall& call);

  /// How many calls nobody waits for: somebody else has to read what comes for them.
  int unattended() const { return unattended_.load(); }

  /// Whether the last calls that nobody waited for at first were waited for in the end.
  bool AreAwaited() const { return awaited_.load() >= kAwaited; }

  /// Locked. From now on no call starts.
  void Refuse(const StatusMessage& why);

  /// GOAWAY: the peer did not run calls above `last_id` and will not (G-1); no more start here.
  void GoAway(std::uint64_t last_id, const StatusMessage& why);

  /// The connection has ended: every call ends at once, by what is known of it (C-9).
  /// With `all_sent` what is queued will still be written, so that none counts as unsent.
  void Lost(const StatusMessage& why, bool all_sent);

  /// Whether calls may start: the handshake is done, and neither side has said that it ends.
  bool TakesCalls() const;

  /// Locked. Calls that hold a slot.
  std::size_t in_flight() const { return table_.size() + requests_.queued(); }

 private:
  friend class Replies;

  std::optional<StatusMessage> FaultOf(const OutgoingRequest& request) const;
  /// Locked. Why the call must not start, or nothing.
  std::optional<StatusMessage> RefusalOf(const OutgoingRequest& request) const;
  /// Locked. Why the message must not be sent, or nothing.
  std::optional<StatusMessage> SizeFaultOf(const OutgoingRequest& request) const;
  /// Whether an offer is likely to be taken, so that it pays to encode the message.
  bool Takes(const OutgoingCall& call, const OutgoingMessage& message);
  /// Locked. Takes the call out of those that nobody waits for.
  void CountAttended(OutgoingCall& call);
  /// Locked. A call has an id.
  void Opened(const std::shared_ptr<OutgoingCall>& call);
  /// Locked. All of the REQUEST is in the outbox.
  void Whole(OutgoingCall& call);
  /// Locked. The callee has begun to answer: what is left of the call is not sent.
  void StopSending(OutgoingCall& call);
  /// Locked. Lets go of all that a call holds; it sends and takes no more.
  void Release(OutgoingCall& call);
  /// Locked. Ends calls that are out of the table; moves those that their applications left out of
  /// `calls` and gives them.
  std::vector<std::shared_ptr<OutgoingCall>> End(std::vector<std::shared_ptr<OutgoingCall>>& calls);
  /// Locked. Takes back and gives all calls that have no id yet.
  std::vector<std::shared_ptr<OutgoingCall>> WithdrawAll();
  void FailUnsent(const std::vector<std::shared_ptr<OutgoingCall>>& calls,
                  const StatusMessage& why);
  void DropTimer(const OutgoingCall& call);

  std::mutex& mutex_;
  Outbox& outbox_;
  Timers& timers_;
  HeldBytes& held_;
  const Side side_;
  const Settings& settings_;
  const std::function<void()> flush_;

  // Guarded by mutex_.
  Requests requests_;
  CallTable<OutgoingCall> table_;
  std::optional<StatusMessage> refusal_;
  std::uint64_t go_away_id_ = UINT64_MAX;
  std::uint32_t max_calls_ = 0;
  std::uint64_t max_message_ = 0;
  std::uint64_t window_ = 0;
  bool streams_ = false;

  static constexpr int kAwaited = 2;

  std::atomic<int> unattended_{0};
  std::atomic<int> awaited_{0};
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTGOING_CALLS_H_
