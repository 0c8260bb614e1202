#ifndef PARLEY_RPC_BIDI_STREAM_H_
#define PARLEY_RPC_BIDI_STREAM_H_

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "parley/rpc/message_sink.h"
#include "parley/rpc/message_stream.h"

namespace parley {

/// A call in which both sides stream: sending and receiving go on side by side. Destroying it
/// before its end cancels the call. One thread may receive while others send.
template <typename Q, typename R>
class BidiStream {
 public:
  using Iterator = typename MessageStream<R>::Iterator;

  /// What carries the caller's half of the call.
  class Line {
   public:
    virtual ~Line() = default;
    virtual MessageSink<Q>& requests() = 0;
    virtual void FinishSending() = 0;
  };

  BidiStream(std::unique_ptr<Line> line, MessageStream<R> replies)
      : line_(std::move(line)), replies_(std::move(replies)) {}

  /// Sends one message, waiting while the receiver has no room for it.
  /// @throws RpcException if the call has ended or ends meanwhile
  void Send(const Q& message) { line_->requests().Send(message); }

  /// The same without waiting; see MessageSink::SendAsync.
  std::future<void> SendAsync(const Q& message) { return line_->requests().SendAsync(message); }

  /// Says that no more messages follow from this side; receiving goes on.
  void FinishSending() { line_->FinishSending(); }

  /// The callee's messages; see MessageStream.
  bool Next(R* message) { return replies_.Next(message); }
  std::optional<R> Next() { return replies_.Next(); }
  std::future<std::optional<R>> NextAsync() { return replies_.NextAsync(); }
  std::future<void> ForEachAsync(std::function<void(const R&)> action) {
    return replies_.ForEachAsync(std::move(action));
  }
  Iterator begin() { return replies_.begin(); }
  Iterator end() { return replies_.end(); }
  Metadata ReplyMetadata() const { return replies_.ReplyMetadata(); }

  /// Cancels the call unless it has ended.
  void Close() { replies_.Close(); }

 private:
  std::unique_ptr<Line> line_;
  MessageStream<R> replies_;
};

}  // namespace parley

#endif  // PARLEY_RPC_BIDI_STREAM_H_
