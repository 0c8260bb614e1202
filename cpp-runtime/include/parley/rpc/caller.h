#ifndef PARLEY_RPC_CALLER_H_
#define PARLEY_RPC_CALLER_H_

#include <functional>
#include <memory>
#include <utility>

#include "parley/export.h"
#include "parley/rpc/bidi_stream.h"
#include "parley/rpc/call_options.h"
#include "parley/rpc/client_call.h"
#include "parley/rpc/client_stream.h"
#include "parley/rpc/follower.h"
#include "parley/rpc/future.h"
#include "parley/rpc/inbox_source.h"
#include "parley/rpc/message_stream.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/method.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/rpc/subscriber.h"
#include "parley/rpc/subscription.h"

namespace parley {

/// A call whose client streams, as its ClientStream has it.
template <typename Q, typename R>
class StreamingCall final : public ClientStream<Q, R>::Line {
 public:
  /// @param call one that is started
  explicit StreamingCall(std::shared_ptr<TypedClientCall<R>> call)
      : call_(std::move(call)), outlet_(call_->outlet()), requests_(*outlet_) {}

  MessageSink<Q>& requests() override { return requests_; }
  Future<R> Finish() override {
    outlet_->Finish();
    return Future<R>(call_);
  }
  void Cancel() override { call_->Cancel(); }
  Metadata ReplyMetadata() const override { return call_->ReplyMetadata(); }

 private:
  const std::shared_ptr<TypedClientCall<R>> call_;
  const std::shared_ptr<MessageOutlet> outlet_;
  OutletSink<Q> requests_;
};

/// The caller's half of a call both of whose sides stream.
template <typename Q, typename R>
class DuplexCall final : public BidiStream<Q, R>::Line {
 public:
  /// @param call one that is started
  explicit DuplexCall(std::shared_ptr<TypedClientCall<R>> call)
      : call_(std::move(call)), outlet_(call_->outlet()), requests_(*outlet_) {}

  MessageSink<Q>& requests() override { return requests_; }
  void FinishSending() override { outlet_->Finish(); }

 private:
  const std::shared_ptr<TypedClientCall<R>> call_;
  const std::shared_ptr<MessageOutlet> outlet_;
  OutletSink<Q> requests_;
};

/// Whatever can start a call: a client, a peer, services in this process. Generated clients take
/// one.
///
/// StartCall is all there is to implement; the other methods are forms of it. Implementations are
/// safe for use by many threads.
class PARLEY_EXPORT Caller {
 public:
  Caller() = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  virtual ~Caller();

  /// Starts a call of any shape, and does not wait: while too much is queued to be written, the
  /// call waits its turn. Never throws what becomes of the call: it is told to `call`. A one-way
  /// call has ended when this returns: once its request is queued, it has succeeded.
  virtual void StartCall(std::shared_ptr<ClientCall> call) = 0;

  /// Calls a unary method and waits for its reply.
  /// @throws RpcException if the call fails
  template <typename Q, typename R>
  R Call(const Method<Q, R>& method, const Q& request, const CallOptions& options = {}) {
    CheckUnary(method.full_name(), method.shape());
    auto call =
        std::make_shared<TypedClientCall<R>>(method, request, options, ClientCall::Waits::kItself);
    StartCall(call);
    return call->Await();
  }

  /// Calls a unary method; the future gives the reply or the RpcException, can cancel the call, and
  /// lets it go on when it is dropped.
  template <typename Q, typename R>
  Future<R> CallAsync(const Method<Q, R>& method, const Q& request,
                      const CallOptions& options = {}) {
    CheckUnary(method.full_name(), method.shape());
    auto call =
        std::make_shared<TypedClientCall<R>>(method, request, options, ClientCall::Waits::kNot);
    StartCall(call);
    return Future<R>(std::move(call));
  }

  /// Calls a unary method; `callback` is told once how the call has ended. It mostly runs on the
  /// thread that reads, behind what has come with it, and may make calls of its own; the connection
  /// is read on by another thread if it takes long or waits. As many may wait as the peer takes
  /// calls.
  template <typename Q, typename R>
  void CallThen(const Method<Q, R>& method, const Q& request,
                typename TypedClientCall<R>::Callback callback, const CallOptions& options = {}) {
    CheckUnary(method.full_name(), method.shape());
    auto call =
        std::make_shared<TypedClientCall<R>>(method, request, options, ClientCall::Waits::kNot);
    call->Then(std::move(callback));
    StartCall(std::move(call));
  }

  /// Sends the request of a one-way method, as an event: returns once it is queued, and never
  /// waits. Of the options only the metadata counts.
  /// @throws RpcException NOT_SENT, with the codes of Peer::SendEvent
  template <typename Q, typename R>
  void Send(const Method<Q, R>& method, const Q& request, const CallOptions& options = {}) {
    CheckShape(method.full_name(), method.shape(), Shape::kOneWay);
    auto call =
        std::make_shared<TypedClientCall<R>>(method, request, options, ClientCall::Waits::kItself);
    StartCall(call);
    call->Await();
  }

  /// Calls a method whose server streams. Destroying the stream before its end cancels the call.
  template <typename Q, typename R>
  MessageStream<R> ServerStream(const Method<Q, R>& method, const Q& request,
                                const CallOptions& options = {}) {
    CheckShape(method.full_name(), method.shape(), Shape::kServerStreaming);
    auto call = TypedClientCall<R>::Streaming(method, &request, options);
    StartCall(call);
    return MessageStream<R>(std::make_shared<InboxSource<R>>(call->inbox()));
  }

  /// Calls a method whose client streams.
  template <typename Q, typename R>
  parley::ClientStream<Q, R> ClientStream(const Method<Q, R>& method,
                                          const CallOptions& options = {}) {
    CheckShape(method.full_name(), method.shape(), Shape::kClientStreaming);
    auto call = TypedClientCall<R>::Streaming(method, static_cast<const Q*>(nullptr), options);
    StartCall(call);
    return parley::ClientStream<Q, R>(std::make_unique<StreamingCall<Q, R>>(std::move(call)));
  }

  /// Subscribes to a topic: a method whose server streams, `option (parley.v1.topic) = true`. Where
  /// this caller comes back after its connection was lost, the subscription does too (T-4). Of the
  /// options only the metadata count. What cannot be read goes to the log.
  template <typename Q, typename R>
  [[nodiscard]] Subscription Subscribe(const Method<Q, R>& topic, const Q& request,
                                       Subscriber<R> subscriber, const CallOptions& options = {}) {
    CheckShape(topic.full_name(), topic.shape(), Shape::kServerStreaming);
    std::string bytes(MessageTraits<Q>::Size(request), '\0');
    MessageTraits<Q>::Write(request, &bytes[0], bytes.size());
    Subscriber<std::string_view> reading;
    reading.handle = [handle = std::move(subscriber.handle)](std::string_view publication,
                                                             const TopicContext& context) {
      R message;
      if (!MessageTraits<R>::Parse(publication, &message)) {
        throw RpcException(Code::kInvalidArgument,
                           "C-10: a publication to " + context.topic + " cannot be read");
      }
      handle(message, context);
    };
    reading.resumed = std::move(subscriber.resumed);
    return SubscribeBytes(topic.full_name(), std::move(bytes), options.metadata(),
                          std::move(reading));
  }

  /// Subscribe, of bytes.
  [[nodiscard]] Subscription SubscribeBytes(std::string_view topic, std::string request,
                                            const Metadata& metadata,
                                            Subscriber<std::string_view> subscriber);

  /// Has `follower` know of every connection that this caller has, beginning with the one that is
  /// there. For what lives longer than a connection. Gives what ends that.
  virtual std::function<void()> Follow(std::shared_ptr<Follower> follower);

  /// Calls a method both of whose sides stream.
  template <typename Q, typename R>
  parley::BidiStream<Q, R> BidiStream(const Method<Q, R>& method, const CallOptions& options = {}) {
    CheckShape(method.full_name(), method.shape(), Shape::kBidiStreaming);
    auto call = TypedClientCall<R>::Streaming(method, static_cast<const Q*>(nullptr), options);
    StartCall(call);
    MessageStream<R> replies(std::make_shared<InboxSource<R>>(call->inbox()));
    return parley::BidiStream<Q, R>(std::make_unique<DuplexCall<Q, R>>(std::move(call)),
                                    std::move(replies));
  }

 private:
  static void CheckUnary(std::string_view method, Shape shape) {
    CheckShape(method, shape, Shape::kUnary);
  }
  static void CheckShape(std::string_view method, Shape shape, Shape called) {
    if (shape != called) {
      ThrowOtherShape(method, shape, called);
    }
  }
  [[noreturn]] static void ThrowOtherShape(std::string_view method, Shape shape, Shape called);
};

}  // namespace parley

#endif  // PARLEY_RPC_CALLER_H_
