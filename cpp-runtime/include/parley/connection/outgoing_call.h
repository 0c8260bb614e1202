#ifndef PARLEY_CONNECTION_OUTGOING_CALL_H_
#define PARLEY_CONNECTION_OUTGOING_CALL_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "parley/connection/outcome.h"
#include "parley/connection/outgoing_message.h"
#include "parley/export.h"
#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"

namespace parley {

/// What a caller asks of a connection. Owns nothing: it lives while the call is being started.
struct OutgoingRequest {
  std::string_view method;
  /// The one request; nothing where the caller streams.
  OutgoingMessage message;
  /// Whether the caller's messages follow, and whether the callee streams.
  bool client_streams = false;
  bool server_streams = false;
  std::vector<MetadataField> metadata;
  /// When the caller stops waiting, on the monotonic clock in nanoseconds; empty: never.
  std::optional<std::int64_t> deadline;
};

struct OutgoingStreams;

/// One call of this side, as its connection sees it: something that ends exactly once.
///
/// The connection calls exactly one of Succeeded and Failed, once, from any thread and under no
/// lock; before it, on a call that streams, the other two. None may block or run user code.
class PARLEY_EXPORT OutgoingCall {
 public:
  OutgoingCall() = default;
  OutgoingCall(const OutgoingCall&) = delete;
  OutgoingCall& operator=(const OutgoingCall&) = delete;
  virtual ~OutgoingCall();

  /// The reply is there; the views of `response` live until this returns.
  virtual void Succeeded(const Envelope& response) = 0;

  /// The call failed. `metadata` came with the failure; its views live until this returns.
  virtual void Failed(const StatusMessage& status, Outcome outcome,
                      const std::vector<MetadataField>& metadata) = 0;

  /// A message of the callee's stream, one at a time and in order, by the thread that reads; its
  /// views live until this returns. `cost` is to be given back once it is consumed.
  virtual void Message(const Envelope& message, std::uint64_t cost);

  /// An offer that found no room may succeed now.
  virtual void Sendable();

 private:
  friend class OutgoingCalls;
  friend class Replies;
  friend class Requests;
  /// kSending: the REQUEST is partly in the outbox; kWaiting: all of it is there, or beyond.
  enum class State { kIdle, kQueued, kSending, kWaiting, kLeft, kEnded };

  // Guarded by the lock of the connection.
  State state_ = State::kIdle;
  std::uint64_t id_ = 0;
  std::uint64_t first_byte_ = 0;
  /// What it streams, and a RESPONSE that has begun; null while it is plainly unary.
  std::shared_ptr<OutgoingStreams> streams_;
  // The ticket of the timer that keeps the deadline; number 0: none.
  std::int64_t timer_when_ = 0;
  std::uint64_t timer_number_ = 0;
  /// Whether a thread waits for it, which reads the connection meanwhile.
  bool attended_ = true;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTGOING_CALL_H_
