#include "rpc/served_streams.h"

#include <optional>
#include <string>
#include <utility>

#include "connection/fault.h"
#include "rpc/conversions.h"

namespace parley {

std::shared_ptr<ServedStreams> ServedStreams::Of(const std::shared_ptr<IncomingCall>& call,
                                                 std::shared_ptr<const Services> services) {
  auto streams = std::make_shared<ServedStreams>(call, std::move(services));
  const std::weak_ptr<ServedStreams> held = streams;
  call->OnRequests(streams);
  call->OnSendable([held] {
    if (const std::shared_ptr<ServedStreams> alive = held.lock()) {
      alive->outlet_.Pump();
    }
  });
  call->OnStop([held] {
    if (const std::shared_ptr<ServedStreams> alive = held.lock()) {
      alive->Stopped();
    }
  });
  return streams;
}

ServedStreams::ServedStreams(std::shared_ptr<IncomingCall> call,
                             std::shared_ptr<const Services> services)
    : call_(std::move(call)), services_(std::move(services)), inbox_(*this), outlet_(*this) {}

ServiceDefinition::Streams ServedStreams::Seen(Shape shape) {
  ServiceDefinition::Streams seen;
  if (ClientStreams(shape)) {
    seen.requests = std::shared_ptr<MessageInbox>(shared_from_this(), &inbox_);
  }
  if (ServerStreams(shape)) {
    seen.replies = std::shared_ptr<MessageOutlet>(shared_from_this(), &outlet_);
  }
  return seen;
}

void ServedStreams::Message(const Envelope& message, std::uint64_t cost) {
  inbox_.Add(std::string(message.payload), cost);
}

void ServedStreams::End() { inbox_.Finish(nullptr); }

void ServedStreams::Unreadable() {
  call_->Stop(Fault(wire_code::kInvalidArgument, "C-10: a message does not parse"));
}

void ServedStreams::AnswerBehind(std::function<void()> answer) {
  answer_ = std::move(answer);
  outlet_.Finish();
}

void ServedStreams::Finish() {
  // Gone before it runs, as it holds this.
  const std::function<void()> answer = std::exchange(answer_, nullptr);
  if (answer != nullptr) {
    answer();
  }
}

bool ServedStreams::Run(std::function<void()> task) {
  return services_->workers().Submit(std::move(task)).has_value();
}

RpcException ServedStreams::Over() {
  const std::optional<StatusMessage> why = call_->WhyStopped();
  return why.has_value() ? RpcException(ToStatus(*why), Outcome::kUnknown)
                         : RpcException(Code::kFailedPrecondition, "the call has been answered");
}

void ServedStreams::Stopped() {
  // The inbox is a part of this: what it keeps must not hold this.
  inbox_.Finish([this] { return Over(); });
  outlet_.Pump();
}

}  // namespace parley
