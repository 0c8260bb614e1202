#ifndef PARLEY_RPC_ONE_MESSAGE_H_
#define PARLEY_RPC_ONE_MESSAGE_H_

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "parley/rpc/message_channel.h"

namespace parley {

/// The one request of a method whose client does not stream, seen as a stream of it. Safe for use
/// by many threads.
class OneMessage final : public MessageInbox {
 public:
  explicit OneMessage(std::string message) : message_(std::move(message)) {}

  bool Next(std::string* message) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!message_.has_value()) {
      return false;
    }
    *message = std::move(*message_);
    message_.reset();
    return true;
  }

  void NextAsync(Taker taker) override {
    std::string message;
    const bool there = Next(&message);
    taker(there ? std::optional<std::string>(std::move(message)) : std::nullopt, nullptr);
  }

  /// Whoever reads it looks at what it reads.
  void Unreadable() override {}
  void Run(std::function<void()> task) override { task(); }
  void Close() override {}
  Metadata ReplyMetadata() const override { return {}; }

 private:
  std::mutex mutex_;
  std::optional<std::string> message_;
};

}  // namespace parley

#endif  // PARLEY_RPC_ONE_MESSAGE_H_
