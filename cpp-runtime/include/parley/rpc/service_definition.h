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
#include "parley/rpc/any_method.h"
#include "parley/rpc/call_context.h"
#include "parley/rpc/event_definition.h"
#include "parley/rpc/inbox_source.h"
#include "parley/rpc/message_sink.h"
#include "parley/rpc/message_stream.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/method.h"
#include "parley/rpc/topic.h"

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

  /// What a call streams; each side is null unless it does.
  struct Streams {
    std::shared_ptr<MessageInbox> requests;
    std::shared_ptr<MessageOutlet> replies;
  };

  /// One request, parsed and ready to run.
  class Invocation {
   public:
    virtual ~Invocation() = default;
    /// Runs the handler and gives its reply to `reply`, nothing where the callee streams; throws
    /// what the handler throws.
    virtual void Run(CallContext& context, const Streams& streams, const ReplyTaker& reply) = 0;
  };

  /// A method and what serves it.
  struct Entry {
    Shape shape;
    Idempotency idempotency;
    /// Parses a request, nothing where the caller streams; null when its bytes do not parse. Empty
    /// for a one-way method.
    std::function<std::unique_ptr<Invocation>(std::string_view request)> parse;
    /// Takes the request of a one-way method; empty for the others.
    decltype(EventDefinition::take) take;
    /// Gives what a method publishes that is a topic; empty for the others, which need not parse.
    std::function<TopicBase&()> topic;
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
    return Add(method, Shape::kUnary,
               Parsing<Q>([shared](const Q& request, CallContext& context, const Streams&,
                                   const ReplyTaker& taker) {
                 const R reply = (*shared)(request, context);
                 taker(Outgoing(reply));
               }));
  }

  template <typename Q, typename R>
  Builder& ServerStreaming(const Method<Q, R>& method,
                           std::common_type_t<ServerStreamingHandler<Q, R>> handler) {
    auto shared = std::make_shared<const ServerStreamingHandler<Q, R>>(std::move(handler));
    return Add(method, Shape::kServerStreaming,
               Parsing<Q>([shared](const Q& request, CallContext& context, const Streams& streams,
                                   const ReplyTaker& taker) {
                 OutletSink<R> replies(*streams.replies);
                 (*shared)(request, replies, context);
                 taker(OutgoingMessage());
               }));
  }

  template <typename Q, typename R>
  Builder& ClientStreaming(const Method<Q, R>& method,
                           std::common_type_t<ClientStreamingHandler<Q, R>> handler) {
    auto shared = std::make_shared<const ClientStreamingHandler<Q, R>>(std::move(handler));
    return Add(
        method, Shape::kClientStreaming,
        Streaming([shared](CallContext& context, const Streams& streams, const ReplyTaker& taker) {
          MessageStream<Q> requests(std::make_shared<InboxSource<Q>>(streams.requests));
          const R reply = (*shared)(requests, context);
          taker(Outgoing(reply));
        }));
  }

  template <typename Q, typename R>
  Builder& BidiStreaming(const Method<Q, R>& method,
                         std::common_type_t<BidiStreamingHandler<Q, R>> handler) {
    auto shared = std::make_shared<const BidiStreamingHandler<Q, R>>(std::move(handler));
    return Add(
        method, Shape::kBidiStreaming,
        Streaming([shared](CallContext& context, const Streams& streams, const ReplyTaker& taker) {
          MessageStream<Q> requests(std::make_shared<InboxSource<Q>>(streams.requests));
          OutletSink<R> replies(*streams.replies);
          (*shared)(requests, replies, context);
          taker(OutgoingMessage());
        }));
  }

  /// A method whose requests arrive as events: nobody waits for an answer.
  template <typename Q, typename R>
  Builder& OneWay(const Method<Q, R>& method, std::common_type_t<EventHandler<Q>> handler) {
    auto shared = std::make_shared<const EventHandler<Q>>(std::move(handler));
    auto event = EventDefinition::Of<Q>(
        std::string(method.full_name()),
        [shared](const Q& request, EventContext& context) { (*shared)(request, context); });
    return Add(method, Shape::kOneWay, nullptr, std::move(event.take));
  }

  /// A method that is a topic: to call it is to subscribe (E-2). `source` gives it, the same one
  /// each time; it is called by threads that read, so it must not block, and the topic must outlive
  /// every server that has it.
  template <typename Q, typename R>
  Builder& Topic(const Method<Q, R>& method,
                 std::common_type_t<std::function<parley::Topic<Q, R>&()>> source) {
    return AddTopic(method, [source = std::move(source)]() -> TopicBase& { return source(); });
  }

  /// The service.
  ServiceDefinition Build();

 private:
  using Parse = std::function<std::unique_ptr<Invocation>(std::string_view)>;

  template <typename Q, typename Body>
  struct ParsedInvocation final : Invocation {
    explicit ParsedInvocation(Body body) : body(std::move(body)) {}

    void Run(CallContext& context, const Streams& streams, const ReplyTaker& taker) override {
      body(request, context, streams, taker);
    }

    const Body body;
    Q request;
  };

  template <typename Body>
  struct StreamInvocation final : Invocation {
    explicit StreamInvocation(Body body) : body(std::move(body)) {}

    void Run(CallContext& context, const Streams& streams, const ReplyTaker& taker) override {
      body(context, streams, taker);
    }

    const Body body;
  };

  /// Makes invocations of a method with one request.
  template <typename Q, typename Body>
  static Parse Parsing(Body body) {
    return [body](std::string_view request) -> std::unique_ptr<Invocation> {
      auto invocation = std::make_unique<ParsedInvocation<Q, Body>>(body);
      if (!MessageTraits<Q>::Parse(request, &invocation->request)) {
        return nullptr;
      }
      return invocation;
    };
  }

  /// Makes invocations of a method whose client streams.
  template <typename Body>
  static Parse Streaming(Body body) {
    return [body](std::string_view) -> std::unique_ptr<Invocation> {
      return std::make_unique<StreamInvocation<Body>>(body);
    };
  }

  /// @throws std::invalid_argument when the method is of another shape or service, or bound twice
  Builder& Add(const AnyMethod& method, Shape served, Parse parse,
               decltype(EventDefinition::take) take = nullptr);

  Builder& AddTopic(const AnyMethod& method, std::function<TopicBase&()> source);

  std::shared_ptr<Content> content_;
};

}  // namespace parley

#endif  // PARLEY_RPC_SERVICE_DEFINITION_H_
