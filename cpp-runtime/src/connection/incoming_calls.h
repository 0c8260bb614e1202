#ifndef PARLEY_CONNECTION_INCOMING_CALLS_H_
#define PARLEY_CONNECTION_INCOMING_CALLS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "connection/answers.h"
#include "connection/call_table.h"
#include "connection/held_bytes.h"
#include "connection/incoming_call.h"
#include "connection/outbox.h"
#include "connection/settings.h"
#include "connection/timers.h"

namespace parley {

/// The calls of the peer: the order of their ids, their slots, what arrives for them, how they are
/// stopped. Their RESPONSEs are with Answers. Safe for use by many threads; it shares the
/// connection's lock and runs listeners outside of it.
class IncomingCalls {
 public:
  /// @param flush writes what a timer has appended
  IncomingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, HeldBytes& held, Side side,
                const Settings& settings, std::function<void()> flush);

  /// The handshake is done: answers go out within the peer's limits.
  /// @param streams whether both sides speak level 2
  void Open(const HelloMessage& peer, bool streams);

  bool streams() const;

  /// A REQUEST has arrived, or a part of one. Gives the call to be served, whose request `request`
  /// then carries, or null when it is not whole, answered or dropped. The caller flushes
  /// afterwards.
  /// @throws WireError C-1, C-2, C-4
  std::shared_ptr<IncomingCall> Request(const std::shared_ptr<Connection>& connection,
                                        Envelope& request);

  /// A MESSAGE of the caller's, or a part of one. The caller flushes afterwards.
  /// @throws WireError C-2, W-4
  void Message(Envelope& frame);

  /// The caller half-closes. The caller flushes afterwards.
  /// @throws WireError C-2
  void End(const Envelope& frame);

  /// The caller has room for more.
  /// @throws WireError C-2
  void Credit(const Envelope& frame);

  /// A CANCEL has arrived. The caller flushes afterwards.
  /// @throws WireError C-2
  void Cancel(const Envelope& frame);

  /// The same for the methods of IncomingCall. The caller flushes afterwards.
  bool Begin(IncomingCall& call);
  Offer Try(IncomingCall& call, const OutgoingMessage& message);
  void Consumed(IncomingCall& call, std::uint64_t cost);
  void Reply(IncomingCall& call, const OutgoingMessage& message,
             const std::vector<MetadataField>& metadata);
  void Fail(IncomingCall& call, StatusMessage status, const std::vector<MetadataField>& metadata);
  void Stop(IncomingCall& call, const StatusMessage& why);
  std::optional<StatusMessage> WhyStopped(const IncomingCall& call) const;
  void OnStop(IncomingCall& call, std::function<void()> listener);
  void ForgetListeners(IncomingCall& call);

  /// Locked. From now on requests above the present mark are dropped; gives that mark, for GOAWAY
  /// (G-1, G-2). A repeat gives the same one.
  std::uint64_t StopTaking();

  /// The connection has ended: whoever serves a call is told to stop.
  void Lost(const StatusMessage& why);

  /// Locked. Calls that hold a slot.
  std::size_t in_flight() const { return table_.size(); }

 private:
  using Listeners = std::vector<std::function<void()>>;

  std::shared_ptr<IncomingCall> NewRequest(const std::shared_ptr<Connection>& connection,
                                           const Envelope& request);
  std::shared_ptr<IncomingCall> Continuation(Envelope& request);
  /// Locked. Why a request must not become a call, or nothing.
  std::optional<StatusMessage> FaultOf(const Envelope& request);
  /// Locked. Counts a whole request among what is held.
  std::optional<StatusMessage> Hold(IncomingCall& call, std::size_t bytes);
  /// Locked. Why the call takes no message now, or nothing.
  static std::optional<StatusMessage> StreamFault(const IncomingCall& call);
  /// Locked. The call, unless it has ended.
  std::shared_ptr<IncomingCall> Find(const Envelope& frame) const;
  /// Locked.
  MessageSender& SenderOf(IncomingCall& call);
  /// Locked. Whether the answer counts: the first one, while the call is there.
  bool MayAnswer(IncomingCall& call);
  /// Locked. Takes the call out of the table.
  void End(IncomingCall& call);
  /// Locked. It sends and takes no more.
  static void Release(IncomingCall& call);
  /// Locked. Stops a call; who is to be told of it, without the lock.
  Listeners Stopping(IncomingCall& call, const StatusMessage& why);

  std::mutex& mutex_;
  Outbox& outbox_;
  Timers& timers_;
  HeldBytes& held_;
  const Side side_;
  const Settings& settings_;
  const std::function<void()> flush_;

  // Guarded by mutex_.
  Answers answers_;
  CallTable<IncomingCall> table_;
  std::uint64_t mark_ = 0;
  std::uint64_t last_taken_ = UINT64_MAX;
  std::uint64_t window_ = 0;
  std::uint64_t max_message_ = 0;
  std::uint64_t frame_limit_ = 0;
  bool streams_ = false;

  // What the views of a frame point into; touched by the thread that reads alone.
  std::string whole_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_INCOMING_CALLS_H_
