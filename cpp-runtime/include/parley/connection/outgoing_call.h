#ifndef PARLEY_CONNECTION_OUTGOING_CALL_H_
#define PARLEY_CONNECTION_OUTGOING_CALL_H_

#include <chrono>
#include <cstdint>
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
  OutgoingMessage message;
  std::vector<MetadataField> metadata;
  /// When the caller stops waiting, on the monotonic clock in nanoseconds; empty: never.
  std::optional<std::int64_t> deadline;
};

/// One call of this side, as its connection sees it: something that ends exactly once.
///
/// The connection calls exactly one of the two methods, once, from any thread and under no lock.
/// They must not block and must not run user code.
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

 private:
  friend class OutgoingCalls;
  enum class State { kIdle, kQueued, kWaiting, kLeft, kEnded };

  // Guarded by the lock of the connection.
  State state_ = State::kIdle;
  std::uint64_t id_ = 0;
  std::uint64_t first_byte_ = 0;
  // The ticket of the timer that keeps the deadline; number 0: none.
  std::int64_t timer_when_ = 0;
  std::uint64_t timer_number_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTGOING_CALL_H_
