#ifndef CONFORMANCE_STARTED_STREAM_H_
#define CONFORMANCE_STARTED_STREAM_H_

#include <memory>
#include <string>

#include "line.h"
#include "messages.h"

namespace conformance {

/// A call of the runner's that streams, in one of the two styles: with futures, or with a thread
/// that blocks for each direction. For one thread.
class StartedStream {
 public:
  virtual ~StartedStream() = default;

  /// Starts one.
  /// @param shape "server", "client" or "bidi"
  static std::unique_ptr<StartedStream> Start(parley::Caller& caller, const std::string& method,
                                              const std::string& shape, const std::string& payload,
                                              const parley::CallOptions& options, bool blocking);

  /// Sends a message, so many times, without waiting.
  virtual void Send(const std::string& payload, std::uint64_t times) = 0;
  /// Half-closes behind what is to be sent.
  virtual void Finish() = 0;
  /// Reads so many messages, or to the end if 0, without waiting.
  virtual void Read(std::uint64_t count, bool whole) = 0;
  /// Whether this style has a way to cancel just now; and if so, cancels.
  virtual bool Cancel() = 0;
  /// Closes what is read, or the stream that is sent where nothing is.
  virtual void Close() = 0;
  /// Waits until all that was to be sent is sent, or one of it fails.
  virtual Line AwaitSent() = 0;
  /// Waits for the end of the oldest reading, and tells it.
  virtual Line AwaitRead() = 0;
  /// Waits for the end of the call and tells it.
  virtual Line Await() = 0;
};

}  // namespace conformance

#endif  // CONFORMANCE_STARTED_STREAM_H_
