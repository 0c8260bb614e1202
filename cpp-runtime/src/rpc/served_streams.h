#ifndef PARLEY_RPC_SERVED_STREAMS_H_
#define PARLEY_RPC_SERVED_STREAMS_H_

#include <functional>
#include <memory>

#include "connection/incoming_call.h"
#include "parley/rpc/service_definition.h"
#include "parley/rpc/shape.h"
#include "rpc/inbox.h"
#include "rpc/outlet.h"
#include "rpc/services.h"

namespace parley {

/// What a call of the peer streams, seen from its handler: either way, or both. Held by its task.
class ServedStreams final : public Inbox::Source,
                            public Outlet::Target,
                            public IncomingCall::Requests,
                            public std::enable_shared_from_this<ServedStreams> {
 public:
  /// Makes them for a call that has just come; by the thread that reads.
  static std::shared_ptr<ServedStreams> Of(const std::shared_ptr<IncomingCall>& call,
                                           std::shared_ptr<const Services> services);

  ServedStreams(std::shared_ptr<IncomingCall> call, std::shared_ptr<const Services> services);

  /// What the handler sees of them.
  ServiceDefinition::Streams Seen(Shape shape);

  /// Takes no more replies, and runs `answer` once those that wait for room are sent: now, if none
  /// does. To be called once.
  void AnswerBehind(std::function<void()> answer);

  void Message(const Envelope& message, std::uint64_t cost) override;
  void End() override;

  void Consumed(std::uint64_t cost) override { call_->Consumed(cost); }
  void Await(Waiter& waiter) override { call_->Await(waiter); }
  void Unreadable() override;
  /// The handler reads no more: the caller's messages are given back as they come.
  void Abandoned() override { inbox_.Finish(nullptr); }
  bool Run(std::function<void()> task) override;
  Metadata ReplyMetadata() const override { return {}; }

  Offer Try(const OutgoingMessage& message) override { return call_->Try(message); }
  void Flush() override { call_->Flush(); }
  void FlushSends() override { call_->FlushSends(); }
  RpcException Over() override;
  void Finish() override;

 private:
  void Stopped();

  const std::shared_ptr<IncomingCall> call_;
  const std::shared_ptr<const Services> services_;
  Inbox inbox_;
  Outlet outlet_;
  std::function<void()> answer_;
};

}  // namespace parley

#endif  // PARLEY_RPC_SERVED_STREAMS_H_
