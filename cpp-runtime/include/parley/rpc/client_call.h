#ifndef PARLEY_RPC_CLIENT_CALL_H_
#define PARLEY_RPC_CLIENT_CALL_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/connection/offer.h"
#include "parley/connection/outgoing_call.h"
#include "parley/export.h"
#include "parley/rpc/call_options.h"
#include "parley/rpc/message_channel.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/method.h"
#include "parley/rpc/rpc_exception.h"

namespace parley {

/// One call in flight, whatever its shape and the types of its messages: what a Caller is given to
/// start.
///
/// Safe for use by many threads. Held by its caller and by whoever carries it until it has ended.
class PARLEY_EXPORT ClientCall : public OutgoingCall {
 public:
  /// What carries a started call.
  class Carrier {
   public:
    virtual ~Carrier() = default;
    /// Ends the call for its application and tells the peer; without effect once it has ended.
    virtual void Leave(ClientCall& call, const Status& why) = 0;
    /// Offers a message of the caller's stream; never waits. Flush follows, under no lock.
    virtual Offer Try(const std::shared_ptr<ClientCall>& call, const OutgoingMessage& message) = 0;
    virtual void Flush() = 0;
    /// Half-closes; without effect the second time.
    virtual void FinishSending(ClientCall& call) = 0;
    /// A message of the callee's was consumed: there is room for more.
    virtual void Consumed(ClientCall& call, std::uint64_t cost) = 0;
    /// Runs a task where handlers run; whether it will.
    virtual bool Run(std::function<void()> task) = 0;
  };

  /// Whether a thread waits for the reply and so keeps the deadline itself, or the carrier must.
  enum class Waits { kItself, kNot };

  ~ClientCall() override;

  std::string_view method() const { return method_; }
  Shape shape() const { return shape_; }
  const CallOptions& options() const { return options_; }
  Waits waits() const { return waits_; }

  /// When the caller stops waiting, on the monotonic clock in nanoseconds; empty: never.
  const std::optional<std::int64_t>& deadline() const { return deadline_; }

  /// The request; only until Caller::StartCall returns.
  const OutgoingMessage& request() const { return request_; }

  /// The callee's messages; null unless it streams.
  std::shared_ptr<MessageInbox> inbox();

  /// Where the caller's messages go; null unless it streams.
  std::shared_ptr<MessageOutlet> outlet();

  /// Says who carries the call. Called by StartCall before it hands the call on.
  void CarriedBy(std::shared_ptr<Carrier> carrier);

  /// Ends the call with a failure that this side found out.
  void Fail(const Status& status, Outcome outcome, Metadata metadata = {});

  /// Ends the call with CANCELLED and tells the peer; without effect once the call has ended.
  void Cancel();

  /// The metadata that came with the reply or the failure; empty until then.
  Metadata ReplyMetadata() const;

  void Succeeded(const Envelope& response) final;
  void Failed(const StatusMessage& status, Outcome outcome,
              const std::vector<MetadataField>& metadata) final;
  void Message(const Envelope& message, std::uint64_t cost) final;
  void Sendable() final;

 protected:
  ClientCall(std::string_view method, Shape shape, OutgoingMessage request,
             const CallOptions& options, Waits waits);

  /// Makes what a call that streams has besides. Called once, before it is started.
  static void Stream(const std::shared_ptr<ClientCall>& call);

  /// Waits until the call has ended, and throws its failure.
  void Wait();

 private:
  class Streams;

  virtual bool ParseReply(std::string_view payload) = 0;
  /// Tells a future; called once, under no lock, with the failure or null.
  virtual void Announce(const RpcException* failure);
  void End(std::optional<RpcException> failure, Metadata metadata);

  std::shared_ptr<Carrier> carrier() const;

  const std::string_view method_;
  const Shape shape_;
  const OutgoingMessage request_;
  const CallOptions options_;
  const Waits waits_;
  const std::optional<std::int64_t> deadline_;

  /// Null for a unary call.
  std::shared_ptr<Streams> streams_;

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  std::shared_ptr<Carrier> carrier_;
  std::optional<RpcException> failure_;
  Metadata reply_metadata_;
};

/// A ClientCall that knows the type of its reply.
template <typename R>
class TypedClientCall final : public ClientCall {
 public:
  template <typename Q>
  TypedClientCall(const Method<Q, R>& method, const Q& request, const CallOptions& options,
                  Waits waits)
      : ClientCall(method.full_name(), method.shape(), Outgoing(request), options, waits) {}

  /// A call whose client streams.
  template <typename Q>
  TypedClientCall(const Method<Q, R>& method, const CallOptions& options)
      : ClientCall(method.full_name(), method.shape(), OutgoingMessage(), options, Waits::kNot) {}

  /// The same as the constructor, ready to be started, for a call that streams.
  template <typename Q>
  static std::shared_ptr<TypedClientCall> Streaming(const Method<Q, R>& method, const Q* request,
                                                    const CallOptions& options) {
    auto call = request == nullptr
                    ? std::make_shared<TypedClientCall>(method, options)
                    : std::make_shared<TypedClientCall>(method, *request, options, Waits::kNot);
    Stream(call);
    return call;
  }

  /// Waits for the reply and gives it away. To be called once.
  R Await() {
    Wait();
    return std::move(reply_);
  }

  /// The reply as a future. To be asked for once, before the call is started.
  std::future<R> Future() {
    promise_.emplace();
    return promise_->get_future();
  }

 private:
  bool ParseReply(std::string_view payload) override {
    return MessageTraits<R>::Parse(payload, &reply_);
  }

  void Announce(const RpcException* failure) override {
    if (!promise_.has_value()) {
      return;
    }
    // The future's state lives on with the future alone.
    std::promise<R> promise = std::move(*promise_);
    promise_.reset();
    if (failure != nullptr) {
      promise.set_exception(std::make_exception_ptr(*failure));
    } else {
      promise.set_value(std::move(reply_));
    }
  }

  R reply_;
  std::optional<std::promise<R>> promise_;
};

}  // namespace parley

#endif  // PARLEY_RPC_CLIENT_CALL_H_
