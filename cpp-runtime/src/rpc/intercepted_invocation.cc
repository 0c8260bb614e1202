#include "rpc/intercepted_invocation.h"

#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "parley/rpc/rpc_exception.h"
#include "rpc/one_message.h"

namespace parley {
namespace {

/// Where the one reply of a method goes whose server does not stream. It is sent when all
/// interceptors have returned, as each may fail the call until then.
class OneReply final : public MessageOutlet {
 public:
  explicit OneReply(std::string_view method) : method_(method) {}

  void Send(const OutgoingMessage& message) override {
    std::string bytes(message.size, '\0');
    if (!message.WriteTo(bytes.data())) {
      throw RpcException(Code::kInternal, "the reply changed while it was written");
    }
    std::lock_guard<std::mutex> lock(mutex_);
    if (reply_.has_value()) {
      throw RpcException(Code::kInternal, std::string(method_) + " has one reply, not two");
    }
    reply_ = std::move(bytes);
  }

  std::future<void> SendAsync(const OutgoingMessage& message) override {
    std::promise<void> sent;
    try {
      Send(message);
      sent.set_value();
    } catch (...) {
      sent.set_exception(std::current_exception());
    }
    return sent.get_future();
  }

  void Finish() override {}

  std::string Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!reply_.has_value()) {
      throw RpcException(Code::kInternal,
                         "an interceptor kept the reply of " + std::string(method_));
    }
    return std::move(*reply_);
  }

 private:
  const std::string_view method_;
  std::mutex mutex_;
  std::optional<std::string> reply_;
};

}  // namespace

InterceptedInvocation::InterceptedInvocation(const std::vector<ServerInterceptor>& interceptors,
                                             const AnyMethod& method,
                                             const ServiceDefinition::Entry& entry,
                                             std::string_view request,
                                             std::unique_ptr<Invocation> invocation)
    : interceptors_(interceptors),
      method_(method),
      entry_(entry),
      request_(ClientStreams(method.shape()) ? nullptr
                                             : std::make_shared<OneMessage>(std::string(request))),
      invocation_(std::move(invocation)) {}

InterceptedInvocation::~InterceptedInvocation() = default;

void InterceptedInvocation::Run(CallContext& context, const ServiceDefinition::Streams& streams,
                                const ServiceDefinition::ReplyTaker& taker) {
  ServiceDefinition::Streams seen = streams;
  std::shared_ptr<OneReply> one;
  if (request_ != nullptr) {
    seen.requests = request_;
  }
  if (!ServerStreams(method_.shape())) {
    one = std::make_shared<OneReply>(method_.full_name());
    seen.replies = one;
  }
  RunFrom(0, seen, context);
  if (one == nullptr) {
    taker(OutgoingMessage());
    return;
  }
  const std::string reply = one->Take();
  const std::string_view bytes = reply;
  taker(OutgoingMessage::OfBytes(bytes));
}

void InterceptedInvocation::RunFrom(std::size_t index, const ServiceDefinition::Streams& streams,
                                    CallContext& context) {
  if (index == interceptors_.size()) {
    Serve(streams, context);
    return;
  }
  interceptors_[index](method_, streams, context,
                       [this, index](const ServiceDefinition::Streams& inner, CallContext& seen) {
                         RunFrom(index + 1, inner, seen);
                       });
}

void InterceptedInvocation::Serve(const ServiceDefinition::Streams& streams, CallContext& context) {
  ServiceDefinition::Streams real = streams;
  std::unique_ptr<Invocation> own;
  Invocation* invocation = invocation_.get();
  if (!ClientStreams(method_.shape())) {
    own = Only(*streams.requests);
    // The request that came was parsed before; another one in its place is parsed here.
    invocation = own == nullptr ? invocation : own.get();
    real.requests.reset();
  }
  if (!ServerStreams(method_.shape())) {
    real.replies.reset();
  }
  invocation->Run(context, real, [this, &streams](const OutgoingMessage& reply) {
    if (!ServerStreams(method_.shape())) {
      streams.replies->Send(reply);
    }
  });
}

std::unique_ptr<ServiceDefinition::Invocation> InterceptedInvocation::Only(MessageInbox& requests) {
  std::string request;
  if (!requests.Next(&request)) {
    throw RpcException(Code::kInternal,
                       "an interceptor kept the request of " + std::string(method_.full_name()));
  }
  if (&requests == request_.get()) {
    return nullptr;
  }
  std::unique_ptr<Invocation> own = entry_.parse(request);
  if (own == nullptr) {
    throw RpcException(Code::kInternal, "the request that an interceptor gave does not parse");
  }
  return own;
}

}  // namespace parley
