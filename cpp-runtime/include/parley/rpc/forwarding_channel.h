#ifndef PARLEY_RPC_FORWARDING_CHANNEL_H_
#define PARLEY_RPC_FORWARDING_CHANNEL_H_

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "parley/export.h"
#include "parley/rpc/message_channel.h"

namespace parley {

/// An inbox that another one carries: override what an interceptor wants to see or change of the
/// messages that come. Next and NextAsync are both ways to read.
class PARLEY_EXPORT ForwardingInbox : public MessageInbox {
 public:
  explicit ForwardingInbox(std::shared_ptr<MessageInbox> inbox) : inbox_(std::move(inbox)) {}
  ~ForwardingInbox() override;

  bool Next(std::string* message) override { return inbox_->Next(message); }
  void NextAsync(Taker taker) override { inbox_->NextAsync(std::move(taker)); }
  void Unreadable() override { inbox_->Unreadable(); }
  void Run(std::function<void()> task) override { inbox_->Run(std::move(task)); }
  void Close() override { inbox_->Close(); }
  std::uint64_t missed() const override { return inbox_->missed(); }
  std::string publisher() const override { return inbox_->publisher(); }
  Metadata ReplyMetadata() const override { return inbox_->ReplyMetadata(); }

 private:
  const std::shared_ptr<MessageInbox> inbox_;
};

/// An outlet that another one carries: override what an interceptor wants to see or change of the
/// messages that go. Send and SendAsync are both ways to send.
class PARLEY_EXPORT ForwardingOutlet : public MessageOutlet {
 public:
  explicit ForwardingOutlet(std::shared_ptr<MessageOutlet> outlet) : outlet_(std::move(outlet)) {}
  ~ForwardingOutlet() override;

  void Send(const OutgoingMessage& message) override { outlet_->Send(message); }
  std::future<void> SendAsync(const OutgoingMessage& message) override {
    return outlet_->SendAsync(message);
  }
  void Finish() override { outlet_->Finish(); }

 private:
  const std::shared_ptr<MessageOutlet> outlet_;
};

}  // namespace parley

#endif  // PARLEY_RPC_FORWARDING_CHANNEL_H_
