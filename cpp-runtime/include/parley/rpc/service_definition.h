#ifndef PARLEY_RPC_SERVICE_DEFINITION_H_
#define PARLEY_RPC_SERVICE_DEFINITION_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/connection/outgoing_message.h"
#include "parley/export.h"
#include "parley/rpc/call_context.h"
#include "parley/rpc/message_sink.h"
#include "parley/rpc/message_stream.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/method.h"

namespace parley {

/// Serves a unary method. May be called by many threads at once, may block, may call back.
template <typename Q, typename R>
using UnaryHandler = std::function<R(const Q& request, CallContext& context)>;

/// Serves a method whose server streams; the stream ends when this returns.
template <typename Q, typename R>
using ServerStreamingHandler =
    std::function<void(const Q& request, MessageSink<R>& replies, CallContext& context)>;

/// Serves a method whose client streams.
template <typename Q, typename R>
using ClientStreamingHandler = std::function<R(MessageStream<Q>& requests, CallContext& context)>;

/// Serves a method both of whose sides stream; the replies end when this returns.
template <typename Q, typename R>
using BidiStreamingHandler =
    std::function<void(MessageStream<Q>& requests, MessageSink<R>& replies, CallContext& context)>;

/// A service as a value: its methods, each with its handler. Generated code binds one from an
/// implementation. Immutable; copies share their content.
class PARLEY_EXPORT ServiceDefinition {
 public:
  class Builder;

  /// Takes the reply of a unary method.
  using ReplyTaker = std::function<void(const OutgoingMessage& reply)>;

  /// One request, parsed and ready to run.
  class Invocation {
   public:
    virtual ~Invocation() = default;
    /// Runs the handler and gives its reply to `reply`; throws what the handler throws.
    virtual void Run(CallContext& context, const ReplyTaker& reply) = 0;
  };

  /// A method and what serves it.
  struct Entry {
    Shape shape;
    /// Parses a request; null when its bytes do not parse. Empty for methods that stream.
    std::function<std::unique_ptr<Invocation>(std::string_view request)> parse;
  };

  using Methods = std::map<std::string, Entry, std::less<>>;

  /// The service's full name, `demo.v1.Greeter`.
  const std::string& name() const { return content_->name; }

  /// The methods by their names on the wire.
  const Methods& methods() const { return content_->methods; }

 private:
  struct Content {
    std::string name;
    Methods methods;
  };

  explicit ServiceDefinition(std::shared_ptr<const Content> content)
      : content_(std::move(content)) {}

  std::shared_ptr<const Content> content_;
};

/// Gathers the methods of a service. For one thread.
class PARLEY_EXPORT ServiceDefinition::Builder {
 public:
  explicit Builder(std::string_view name);

  template <typename Q, typename R>
  Builder& Unary(const Method<Q, R>& method, std::common_type_t<UnaryHandler<Q, R>> handler) {
    auto shared = std::make_shared<const UnaryHandler<Q, R>>(std::move(handler));
    return Add(method.full_name(), method.shape(), Shape::kUnary,
               [shared](std::string_view request) -> std::unique_ptr<Invocation> {
                 auto invocation = std::make_unique<UnaryInvocation<Q, R>>(shared);
                 if (!MessageTraits<Q>::Parse(request, &invocation->request)) {
                   return nullptr;
                 }
                 return invocation;
               });
  }

  template <typename Q, typename R>
  Builder& ServerStreaming(const Method<Q, R>& method,
                           std::common_type_t<ServerStreamingHandler<Q, R>> /*handler*/) {
    return Add(method.full_name(), method.shape(), Shape::kServerStreaming, nullptr);
  }

  template <typename Q, typename R>
  Builder& ClientStreaming(const Method<Q, R>& method,
                           std::common_type_t<ClientStreamingHandler<Q, R>> /*handler*/) {
    return Add(method.full_name(), method.shape(), Shape::kClientStreaming, nullptr);
  }

  template <typename Q, typename R>
  Builder& BidiStreaming(const Method<Q, R>& method,
                         std::common_type_t<BidiStreamingHandler<Q, R>> /*handler*/) {
    return Add(method.full_name(), method.shape(), Shape::kBidiStreaming, nullptr);
  }

  /// The service.
  ServiceDefinition Build();

 private:
  template <typename Q, typename R>
  struct UnaryInvocation final : Invocation {
    explicit UnaryInvocation(std::shared_ptr<const UnaryHandler<Q, R>> shared)
        : handler(std::move(shared)) {}

    void Run(CallContext& context, const ReplyTaker& taker) override {
      const R reply = (*handler)(request, context);
      taker(Outgoing(reply));
    }

    const std::shared_ptr<const UnaryHandler<Q, R>> handler;
    Q request;
  };

  /// @throws std::invalid_argument when the method is of another shape or service, or bound twice
  Builder& Add(std::string_view method, Shape shape, Shape served,
               std::function<std::unique_ptr<Invocation>(std::string_view)> parse);

  std::shared_ptr<Content> content_;
};

}  // namespace parley

#endif  // PARLEY_RPC_SERVICE_DEFINITION_H_
