#ifndef PARLEY_RPC_BIDI_STREAM_H_
#define PARLEY_RPC_BIDI_STREAM_H_

#include <memory>
#include <utility>

namespace parley {

/// A call in which both sides stream: sending and receiving go on side by side. Destroying it
/// before its end cancels the call. One thread may receive while others send.
template <typename Q, typename R>
class BidiStream {
 public:
  /// What carries the call.
  class Line {
   public:
    virtual ~Line() = default;
    virtual void Send(const Q& message) = 0;
    virtual void FinishSending() = 0;
    virtual bool Next(R* message) = 0;
    /// Ends the call with CANCELLED; without effect once it has ended.
    virtual void Cancel() = 0;
  };

  explicit BidiStream(std::unique_ptr<Line> line) : line_(std::move(line)) {}
  BidiStream(BidiStream&&) noexcept = default;
  BidiStream& operator=(BidiStream&& that) noexcept {
    if (this != &that) {
      Close();
      line_ = std::move(that.line_);
    }
    return *this;
  }
  ~BidiStream() { Close(); }

  /// Sends one message, waiting while the receiver has no room for it.
  /// @throws RpcException if the call has ended
  void Send(const Q& message) { line_->Send(message); }

  /// Says that no more messages follow from this side; receiving goes on.
  void FinishSending() { line_->FinishSending(); }

  /// Waits for the next message and puts it into `message`; false at the end of the stream.
  /// @throws RpcException when the stream fails
  bool Next(R* message) { return line_->Next(message); }

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

#endif  // PARLEY_RPC_BIDI_STREAM_H_
