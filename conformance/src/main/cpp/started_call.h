#ifndef CONFORMANCE_STARTED_CALL_H_
#define CONFORMANCE_STARTED_CALL_H_

#include <memory>
#include <string>

#include "line.h"
#include "messages.h"

namespace conformance {

/// A call in flight, whatever its types. For one thread.
class StartedCall {
 public:
  virtual ~StartedCall() = default;

  /// A call that is started and goes on by itself.
  static std::unique_ptr<StartedCall> Async(parley::Caller& caller, const std::string& method,
                                            const std::string& payload,
                                            const parley::CallOptions& options);

  /// A call that a thread of its own makes and waits for.
  static std::unique_ptr<StartedCall> Blocking(std::shared_ptr<parley::Peer> peer,
                                               const std::string& method,
                                               const std::string& payload,
                                               const parley::CallOptions& options);

  /// Whether this way to call has a way to cancel; and if so, cancels.
  virtual bool Cancel() = 0;

  /// Waits for the reply and gives its bytes. To be called once.
  /// @throws parley::RpcException if the call fails
  virtual std::string AwaitReply() = 0;

  virtual parley::Metadata ReplyMetadata() = 0;

  /// Waits for the end and tells it in a line. To be called once.
  Line Await();
};

}  // namespace conformance

#endif  // CONFORMANCE_STARTED_CALL_H_
