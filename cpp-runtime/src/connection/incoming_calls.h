#ifndef PARLEY_CONNECTION_INCOMING_CALLS_H_
#define PARLEY_CONNECTION_INCOMING_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connection/call_table.h"
#include "connection/incoming_call.h"
#include "connection/outbox.h"
#include "connection/settings.h"
#include "connection/timers.h"

namespace parley {

/// The calls of the peer: the order of their ids, their slots, and the one answer of each. Safe for
/// use by many threads; it shares the connection's lock and runs listeners outside of it.
class IncomingCalls {
 public:
  /// @param flush writes what a timer has appended
  IncomingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, Side side,
                const Settings& settings, std::function<void()> flush);

  /// The handshake is done: answers go out within the peer's limits.
  void Open(std::uint32_t max_frame, std::uint64_t max_message);

  /// A REQUEST has arrived. Gives the call to be served, or null when it is answered or dropped.
  /// The caller flushes afterwards.
  /// @throws WireError C-1, C-2, C-4
  std::shared_ptr<IncomingCall> Request(const std::shared_ptr<Connection>& connection,
                                        const Envelope& request);

  /// A CANCEL has arrived. The caller flushes afterwards.
  /// @throws WireError C-2
  void Cancel(const Envelope& cancel);

  /// The same for the methods of IncomingCall. The caller flushes afterwards.
  bool Begin(IncomingCall& call);
  void Reply(IncomingCall& call, const OutgoingMessage& message,
             const std::vector<MetadataField>& metadata);
  void Fail(IncomingCall& call, StatusMessage status, const std::vector<MetadataField>& metadata);
  bool IsStopped(const IncomingCall& call) const;
  void OnStop(IncomingCall& call, std::function<void()> listener);
  void ForgetListeners(IncomingCall& call);

  /// Locked. From now on requests above the present mark are dropped; gives that mark, for GOAWAY
  /// (G-1, G-2). A repeat gives the same one.
  std::uint64_t StopTaking();

  /// The connection has ended: whoever serves a call is told to stop.
  void Lost();

  /// Locked. Calls that hold a slot.
  std::size_t in_flight() const { return table_.size(); }

 private:
  using Listeners = std::vector<std::function<void()>>;

  /// Locked. Appends a RESPONSE that carries `status`, cut to what fits the peer's frame (C-11).
  void AppendStatus(std::uint64_t id, StatusMessage status,
                    const std::vector<MetadataField>& metadata);
  /// Locked. Appends a refusal, unless too many of them wait already (C-4).
  void AppendRefusal(std::uint64_t id, int code, std::string text);
  /// Locked. Takes the call out of the table.
  void End(IncomingCall& call);
  /// Locked. Drops from `ends` what a write was given, and tells how many are left.
  std::size_t Unwritten(std::deque<std::uint64_t>& ends) const;
  /// A REQUEST without a name: at this level no call waits for one (F-9).
  void Continuation(const Envelope& request);
  /// Tells a call to stop, with the code that its caller will see.
  void Stop(IncomingCall& call, int code, const char* text);
  void CheckPeerOpened(const Envelope& envelope) const;
  void DropTimer(const IncomingCall& call);

  std::mutex& mutex_;
  Outbox& outbox_;
  Timers& timers_;
  const Side side_;
  const Settings& settings_;
  const std::function<void()> flush_;

  // Guarded by mutex_.
  CallTable<IncomingCall> table_;
  std::uint64_t mark_ = 0;
  std::uint64_t last_taken_ = UINT64_MAX;
  std::uint64_t held_bytes_ = 0;
  /// Where the RESPONSEs end that may not be written yet: of calls that held a slot, and of those
  /// that were refused one.
  std::deque<std::uint64_t> unwritten_;
  std::deque<std::uint64_t> refusals_;
  std::uint32_t max_frame_ = 0;
  std::uint64_t max_message_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_INCOMING_CALLS_H_
