#include <stdexcept>
#include <string>
#include <utility>

#include "parley/rpc/call_context.h"
#include "parley/rpc/caller.h"
#include "parley/rpc/event_context.h"
#include "parley/rpc/forwarding_call_context.h"
#include "parley/rpc/forwarding_channel.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/rpc/service_definition.h"
#include "rpc/remote_topics.h"

namespace parley {
namespace {

std::string Describe(const Status& status, Outcome outcome) {
  return status.ToString() + " [" + OutcomeName(outcome) + "]";
}

const char* ShapeName(Shape shape) {
  switch (shape) {
    case Shape::kUnary:
      return "unary";
    case Shape::kServerStreaming:
      return "server streaming";
    case Shape::kClientStreaming:
      return "client streaming";
    case Shape::kBidiStreaming:
      return "bidi streaming";
    case Shape::kOneWay:
      return "one-way";
  }
  return "unknown";
}

}  // namespace

RpcException::RpcException(Status status, Outcome outcome, Metadata metadata) {
  std::string text = Describe(status, outcome);
  content_ = std::make_shared<const Content>(
      Content{std::move(status), outcome, std::move(metadata), std::move(text)});
}

RpcException::RpcException(Code code, std::string message)
    : RpcException(Status(code, std::move(message)), Outcome::kReplied) {}

RpcException::RpcException(Status status) : RpcException(std::move(status), Outcome::kReplied) {}

RpcException::RpcException(const RpcException&) noexcept = default;
RpcException& RpcException::operator=(const RpcException&) noexcept = default;
RpcException::~RpcException() = default;

RpcException RpcException::Unimplemented(std::string_view method) {
  return RpcException(Code::kUnimplemented, std::string(method) + " is not implemented here");
}

Caller::~Caller() = default;

void Caller::ThrowOtherShape(std::string_view method, Shape shape, Shape called) {
  throw RpcException(
      Status(Code::kUnimplemented, "C-6: " + std::string(method) + " is " + ShapeName(shape) +
                                       " and was called as " + ShapeName(called)),
      Outcome::kNotSent);
}

Peer::Peer() : topics_(std::make_unique<RemoteTopics>(*this)) {}
Peer::~Peer() = default;
CallContext::~CallContext() = default;

ForwardingCallContext::~ForwardingCallContext() = default;

ForwardingInbox::~ForwardingInbox() = default;

ForwardingOutlet::~ForwardingOutlet() = default;
EventContext::~EventContext() = default;

ServiceDefinition::Builder::Builder(std::string_view name) : content_(std::make_shared<Content>()) {
  content_->name = std::string(name);
}

ServiceDefinition::Builder& ServiceDefinition::Builder::Add(const AnyMethod& method, Shape served,
                                                            Parse parse,
                                                            decltype(EventDefinition::take) take) {
  const std::string name(method.full_name());
  if (method.shape() != served) {
    throw std::invalid_argument(name + " is " + ShapeName(method.shape()) +
                                ", its handler serves " + ShapeName(served));
  }
  if (method.service() != content_->name) {
    throw std::invalid_argument(name + " is no method of " + content_->name);
  }
  if (!content_->methods
           .emplace(name, Entry{method.shape(), method.idempotency(), std::move(parse),
                                std::move(take), nullptr})
           .second) {
    throw std::invalid_argument(name + " is bound twice");
  }
  return *this;
}

ServiceDefinition::Builder& ServiceDefinition::Builder::AddTopic(
    const AnyMethod& method, std::function<TopicBase&()> source) {
  Add(method, Shape::kServerStreaming, nullptr);
  content_->methods.find(method.full_name())->second.topic = std::move(source);
  return *this;
}

ServiceDefinition ServiceDefinition::Builder::Build() {
  return ServiceDefinition(std::make_shared<const Content>(*content_));
}

}  // namespace parley
