#ifndef PARLEY_RPC_CLIENT_STREAM_H_
#define PARLEY_RPC_CLIENT_STREAM_H_

#include <future>
#include <memory>
#include <utility>

#include "parley/rpc/future.h"
#include "parley/rpc/message_sink.h"
#include "parley/rpc/metadata.h"

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
    virtual MessageSink<Q>& requests() = 0;
    /// Half-closes, and gives the reply. Called once.
    virtual Future<R> Finish() = 0;
    /// Ends the call with CANCELLED; without effect once it has ended.
    virtual void Cancel() = 0;
    virtual Metadata ReplyMetadata() const = 0;
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
  /// @throws RpcException if the call has ended or ends meanwhile
  void Send(const Q& message) { line_->requests().Send(message); }

  /// The same without waiting; see MessageSink::SendAsync.
  std::future<void> SendAsync(const Q& message) { return line_->requests().SendAsync(message); }

  /// Says that no more messages follow, and waits for the reply. To be called once, or FinishAsync.
  /// @throws RpcException if the call fails
  R Finish() { return line_->Finish().get(); }

  /// The same without waiting. Destroying the stream still cancels a call that has not ended.
  Future<R> FinishAsync() { return line_->Finish(); }

  /// The metadata that came with the reply or the failure; empty until then.
  Metadata ReplyMetadata() const { return line_->ReplyMetadata(); }

  /// Cancels the call unless it has ended. Nothing else may be asked of the stream afterwards.
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
