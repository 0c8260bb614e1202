#ifndef PARLEY_RPC_MESSAGE_STREAM_H_
#define PARLEY_RPC_MESSAGE_STREAM_H_

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace parley {

/// The messages of a stream, in order and without gaps, until it ends or fails.
///
/// For one thread, and to be iterated once. Destroying it before its end cancels the call. A
/// program that tests its handlers makes one from a Source of its own.
///
///     for (const Event& event : greeter.Watch(request)) { ... }
template <typename T>
class MessageStream {
 public:
  /// What the messages come from.
  class Source {
   public:
    virtual ~Source() = default;
    /// As MessageStream::Next.
    virtual bool Next(T* message) = 0;
    /// Ends the call with CANCELLED; without effect once it has ended.
    virtual void Cancel() = 0;
  };

  explicit MessageStream(std::unique_ptr<Source> source) : source_(std::move(source)) {}
  MessageStream(MessageStream&&) noexcept = default;
  MessageStream& operator=(MessageStream&& that) noexcept {
    if (this != &that) {
      Close();
      source_ = std::move(that.source_);
    }
    return *this;
  }
  ~MessageStream() { Close(); }

  /// Waits for the next message and puts it into `message`; false at the end of the stream.
  /// @throws RpcException when the stream fails
  bool Next(T* message) { return source_ != nullptr && source_->Next(message); }

  /// Cancels the call unless the stream has ended.
  void Close() {
    if (source_ != nullptr) {
      source_->Cancel();
      source_.reset();
    }
  }

  /// Walks the stream once; every step may wait and may throw, as Next.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    explicit Iterator(MessageStream* stream) : stream_(stream) { ++*this; }

    const T& operator*() const { return message_; }
    const T* operator->() const { return &message_; }
    Iterator& operator++() {
      if (!stream_->Next(&message_)) {
        stream_ = nullptr;
      }
      return *this;
    }
    bool operator==(const Iterator& that) const { return stream_ == that.stream_; }
    bool operator!=(const Iterator& that) const { return stream_ != that.stream_; }

   private:
    MessageStream* stream_ = nullptr;
    T message_;
  };

  Iterator begin() { return Iterator(this); }
  Iterator end() { return Iterator(); }

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace parley

#endif  // PARLEY_RPC_MESSAGE_STREAM_H_
