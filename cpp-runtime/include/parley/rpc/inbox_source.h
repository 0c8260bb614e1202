#ifndef PARLEY_RPC_INBOX_SOURCE_H_
#define PARLEY_RPC_INBOX_SOURCE_H_

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "parley/rpc/message_channel.h"
#include "parley/rpc/message_stream.h"
#include "parley/rpc/message_traits.h"

namespace parley {

/// The messages of an inbox, as their type.
template <typename T>
class InboxSource final : public MessageStream<T>::Source {
 public:
  explicit InboxSource(std::shared_ptr<MessageInbox> inbox) : inbox_(std::move(inbox)) {}

  bool Next(T* message) override {
    std::string bytes;
    return inbox_->Next(&bytes) && Parse(*inbox_, bytes, message);
  }

  std::future<std::optional<T>> NextAsync() override {
    auto next = std::make_shared<std::promise<std::optional<T>>>();
    std::future<std::optional<T>> future = next->get_future();
    inbox_->NextAsync(
        [inbox = inbox_, next](std::optional<std::string> bytes, std::exception_ptr failure) {
          if (failure != nullptr) {
            next->set_exception(std::move(failure));
          } else if (!bytes.has_value()) {
            next->set_value(std::nullopt);
          } else {
            try {
              T message;
              Parse(*inbox, *bytes, &message);
              next->set_value(std::move(message));
            } catch (...) {
              next->set_exception(std::current_exception());
            }
          }
        });
    return future;
  }

  void Run(std::function<void()> task) override { inbox_->Run(std::move(task)); }
  void Cancel() override { inbox_->Close(); }
  std::uint64_t missed() const override { return inbox_->missed(); }
  std::string publisher() const override { return inbox_->publisher(); }
  Metadata ReplyMetadata() const override { return inbox_->ReplyMetadata(); }

 private:
  /// True, or else it ends the call and throws what became of it.
  static bool Parse(MessageInbox& inbox, const std::string& bytes, T* message) {
    if (!MessageTraits<T>::Parse(bytes, message)) {
      inbox.Unreadable();
      std::string nothing;
      while (inbox.Next(&nothing)) {
      }
    }
    return true;
  }

  const std::shared_ptr<MessageInbox> inbox_;
};

}  // namespace parley

#endif  // PARLEY_RPC_INBOX_SOURCE_H_
