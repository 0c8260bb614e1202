#ifndef PARLEY_CONNECTION_RECEIVER_H_
#define PARLEY_CONNECTION_RECEIVER_H_

#include <memory>
#include <optional>
#include <string>

#include "connection/incoming_call.h"
#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"

namespace parley {

/// Why a peer that has said HELLO is not let in.
struct Refusal {
  StatusMessage why;
  /// Whether the peer is told not to come back by itself (`no_return`).
  bool for_good = false;
};

/// Who takes what arrives on a connection: the rung above.
///
/// Every method is called by the thread that reads, under no lock. It must not block and must not
/// run user code that may; an envelope and its views are valid only until the method returns.
class Receiver {
 public:
  virtual ~Receiver() = default;

  /// Whether to take a peer that has said HELLO: empty to admit it, or why not. Asked on the
  /// accepting side before HELLO is answered.
  virtual std::optional<Refusal> Admit(const std::string& name, const HelloMessage& hello) = 0;

  /// The handshake is done: calls may be started.
  virtual void Opened(const std::string& name, const HelloMessage& hello) = 0;

  /// A call has arrived. It must be answered through `call`, exactly once.
  virtual void Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request) = 0;

  /// An event has arrived.
  virtual void Event(const Envelope& event) = 0;

  /// The connection has ended, or never came to be: the last call. `why` is the first cause.
  virtual void Closed(const StatusMessage& why) = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_RECEIVER_H_
