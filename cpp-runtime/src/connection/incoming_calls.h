#ifndef PARLEY_CONNECTION_INCOMING_CALLS_H_
#define PARLEY_CONNECTION_INCOMING_CALLS_H_

#include <atomic>
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

/// The calls of the peer: their slots, what their handlers do, how they are stopped. What arrives
/// for them is with Arrivals, their RESPONSEs are with Answers. Safe for use by many threads; it
/// shares the connection's lock and runs listeners outside of it.
class IncomingCalls {
 public:
  /// @param flush writes what a timer has appended
  IncomingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, HeldBytes& held, Side side,
                const Settings& settings, std::function<void()> flush);

  /// The handshake is done: answers go out within the peer's limits.
  /// @param streams whether both sides speak level 2
  void Open(const HelloMessage& peer, bool streams);

  bool streams() const;

  /// What the methods of IncomingCall do. The caller flushes afterwards.
  bool Begin(IncomingCall& call);
  Offer Try(IncomingCall& call, const OutgoingMessage& message, std::string_view sent_by,
            std::uint64_t missed);
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

  /// Whether any call holds a slot; without the lock.
  bool serves() const { return open_.load() > 0; }

  /// Locked. Calls that hold a slot.
  std::size_t in_flight() const { return table_.size(); }

 private:
  friend class Arrivals;
  using Listeners = std::vector<std::function<void()>>;

  /// Whether an offer is likely to be taken, so that it pays to encode the message.
  bool Takes(IncomingCall& call, const OutgoingMessage& message);
  /// Locked.
  MessageSender& SenderOf(IncomingCall& call);
  /// Locked. Whether the answer counts: the first one, while the call is there.
  bool MayAnswer(IncomingCall& call);
  /// Locked. Takes a call into the table, with its id.
  void Put(const std::shared_ptr<IncomingCall>& call);
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
  /// The highest id of a REQUEST that was read (C-2).
  std::uint64_t mark_ = 0;
  std::uint64_t last_taken_ = UINT64_MAX;
  std::uint64_t window_ = 0;
  std::uint64_t max_message_ = 0;
  std::uint64_t frame_limit_ = 0;
  bool streams_ = false;

  std::atomic<std::size_t> open_{0};
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_INCOMING_CALLS_H_
