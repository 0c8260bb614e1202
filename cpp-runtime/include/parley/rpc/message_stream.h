#ifndef PARLEY_RPC_MESSAGE_STREAM_H_
#define PARLEY_RPC_MESSAGE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "parley/rpc/metadata.h"

namespace parley {

/// The messages of a stream, in order and without gaps, until it ends or fails.
///
/// To be read in one way only, by one thread at a time: iterated once, or with Next, or
/// asynchronously. Taking a message is what gives its sender room for more (W-3), so a reader that
/// stops slows its own sender down and nobody else. Destroying it before its end cancels the call.
/// A program that tests its handlers makes one from a Source of its own.
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
    /// As MessageStream::NextAsync; unless overridden, it waits.
    virtual std::future<std::optional<T>> NextAsync() {
      std::promise<std::optional<T>> next;
      try {
        T message;
        next.set_value(Next(&message) ? std::optional<T>(std::move(message)) : std::nullopt);
      } catch (...) {
        next.set_exception(std::current_exception());
      }
      return next.get_future();
    }
    /// Runs a task where handlers run; unless overridden, at once.
    virtual void Run(std::function<void()> task) { task(); }
    /// Ends the call with CANCELLED; without effect once it has ended.
    virtual void Cancel() = 0;
    /// As MessageStream::missed.
    virtual std::uint64_t missed() const { return 0; }
    /// As MessageStream::publisher.
    virtual std::string publisher() const { return {}; }
    /// As MessageStream::ReplyMetadata.
    virtual Metadata ReplyMetadata() const { return {}; }
  };

  explicit MessageStream(std::shared_ptr<Source> source) : source_(std::move(source)) {}
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

  /// Waits for the next message; nothing at the end of the stream.
  /// @throws RpcException when the stream fails
  std::optional<T> Next() {
    T message;
    return Next(&message) ? std::optional<T>(std::move(message)) : std::nullopt;
  }

  /// The same without waiting. One at a time.
  std::future<std::optional<T>> NextAsync() {
    if (source_ != nullptr) {
      return source_->NextAsync();
    }
    std::promise<std::optional<T>> next;
    next.set_value(std::nullopt);
    return next.get_future();
  }

  /// Gives every message to `action`, one at a time and in order, where handlers run; it takes one
  /// of their places. The future is ready at the end of the stream; it fails with the stream, and
  /// with what `action` throws, which cancels the call.
  std::future<void> ForEachAsync(std::function<void(const T&)> action) {
    auto done = std::make_shared<std::promise<void>>();
    std::future<void> future = done->get_future();
    if (source_ == nullptr) {
      done->set_value();
      return future;
    }
    const std::shared_ptr<Source> source = source_;
    source->Run([source, done, action = std::move(action)] {
      try {
        T message;
        while (source->Next(&message)) {
          action(message);
        }
      } catch (...) {
        source->Cancel();
        done->set_exception(std::current_exception());
        return;
      }
      done->set_value();
    });
    return future;
  }

  /// Of a topic: how many publications were dropped just before the message that was taken last,
  /// since this reader was slow (T-3). To be asked by who takes the messages.
  std::uint64_t missed() const { return source_ == nullptr ? 0 : source_->missed(); }

  /// Of a topic: the name of the peer that published the message that was taken last; empty: the
  /// server did (T-2). A name is a claim (E-3). To be asked by who takes the messages.
  std::string publisher() const {
    return source_ == nullptr ? std::string() : source_->publisher();
  }

  /// The metadata that came with the end of the call; empty until then, and at a callee.
  Metadata ReplyMetadata() const {
    return source_ == nullptr ? Metadata() : source_->ReplyMetadata();
  }

  /// Cancels the call unless the stream has ended.
  void Close() {
    if (source_ != nullptr) {
      source_->Cancel();
      source_.reset();
    }
  }

  /// Walks the stream once; every step may wait and may throw, as Next. An input iterator, also as
  /// C++20 sees it.
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
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& that) const { return stream_ == that.stream_; }
    bool operator!=(const Iterator& that) const { return stream_ != that.stream_; }

   private:
    MessageStream* stream_ = nullptr;
    T message_;
  };

  Iterator begin() { return Iterator(this); }
  Iterator end() { return Iterator(); }

 private:
  std::shared_ptr<Source> source_;
};

}  // namespace parley

#endif  // PARLEY_RPC_MESSAGE_STREAM_H_
