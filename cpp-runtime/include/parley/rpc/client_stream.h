#ifndef PARLEY_RPC_CLIENT_STREAM_H_
#define PARLEY_RPC_CLIENT_STREAM_H_

#include <memory>
#include <utility>

namespace parley {

/// A call in which the client streams: Send messages, then Finish for the reply. Destroying it
/// before that cancels the call. Send is safe for use by many threads.
template <typename Q, typename R>
class ClientStream {
 public:
  /// What carries the call.
  class Line {
   public:
    virtual ~Line() = default;
    virtual void Send(const Q& message) = 0;
    virtual R Finish() = 0;
    /// Ends the call with CANCELLED; without effect once it has ended.
    virtual void Cancel() = 0;
  };

  explicit ClientStream(std::unique_ptr<Line> line) : line_(std::move(line)) {}
  ClientStream(ClientStream&&) noexcept = default;
  ClientStream& operator=(ClientStream&& that) noexcept {
    if (this != &that) {
      Close();
      line_ = std::move(that.line_);
    }
    return *this;
  }
  ~ClientStream() { Close(); }

  /// Sends one message, waiting while the receiver has no room for it.
  /// @throws RpcException if the call has ended
  void Send(const Q& message) { line_->Send(message); }

  /// Says that no more messages follow, and waits for the reply.
  /// @throws RpcException if the call fails
  R Finish() { return line_->Finish(); }

  /// Cancels the call unless it has ended.
  void Close() {
    if (line_ != nullptr) {
      line_->Cancel();
      line_.reset();
    }
  }

 private:
  std::unique_ptr<Line> line_;
};

}  // namespace parley

#endif  // PARLEY_RPC_CLIENT_STREAM_H_
