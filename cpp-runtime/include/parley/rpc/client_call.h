#ifndef PARLEY_RPC_CLIENT_CALL_H_
#define PARLEY_RPC_CLIENT_CALL_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/connection/job.h"
#include "parley/connection/offer.h"
#include "parley/connection/outgoing_call.h"
#include "parley/connection/waiter.h"
#include "parley/export.h"
#include "parley/rpc/any_method.h"
#include "parley/rpc/call_options.h"
#include "parley/rpc/code.h"
#include "parley/rpc/message_channel.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/metadata.h"
#include "parley/rpc/method.h"
#include "parley/rpc/retry_policy.h"
#include "parley/rpc/rpc_exception.h"

namespace parley {

/// How a call has ended, as a listener of ClientCall::OnEnd sees it. Lives until that returns.
struct CallEnd {
  /// Why it failed; null: it succeeded.
  const RpcException* failure;
  /// The bytes of the reply; nothing where the server streams, or the call failed.
  std::string_view reply;
  /// What came with the reply or the failure.
  const Metadata& metadata;

  /// The name of the failure's code, `OK` for success.
  const char* code_name() const { return failure == nullptr ? "OK" : CodeName(failure->code()); }
};

/// One call in flight, whatever its shape and the types of its messages: what a Caller is given to
/// start, and what a ClientInterceptor sees of it.
///
/// Safe for use by many threads, once it is carried. Held by its caller and by whoever carries it
/// until it has ended.
class PARLEY_EXPORT ClientCall : public OutgoingCall,
                                 public Job,
                                 public std::enable_shared_from_this<ClientCall> {
 public:
  /// What carries a started call, attempt by attempt; the first attempt is the call itself.
  class Carrier {
   public:
    virtual ~Carrier() = default;
    /// Ends an attempt for its application and tells the peer; whether this ended it.
    virtual bool Leave(OutgoingCall& attempt, const Status& why) = 0;
    /// Offers a message of the caller's stream; never waits. Flush follows, under no lock.
    virtual Offer Try(const std::shared_ptr<OutgoingCall>& call,
                      const OutgoingMessage& message) = 0;
    virtual void Flush() = 0;
    /// The same, soon: more may follow at once.
    virtual void FlushSends() = 0;
    /// Half-closes; without effect the second time.
    virtual void FinishSending(OutgoingCall& call) = 0;
    /// A message of the callee's was consumed: there is room for more.
    virtual void Consumed(OutgoingCall& attempt, std::uint64_t cost) = 0;
    /// Waits at `waiter`, which belongs to an attempt if that is not null, until it is over or
    /// until that time; reads the connection meanwhile if nobody does.
    virtual void Await(OutgoingCall* attempt, Waiter& waiter,
                       const std::optional<std::int64_t>& until) = 0;
    /// Runs a task where handlers run; whether it will.
    virtual bool Run(std::function<void()> task) = 0;
    /// Runs the call as a job soon: behind what is being read, if a loop reads here, or else where
    /// handlers run. Whether it counts as running until Completed.
    virtual bool Complete(const std::shared_ptr<ClientCall>& call) = 0;
    virtual void Completed() = 0;
    /// Starts one more attempt at `call`.
    virtual void StartAttempt(ClientCall& call, const std::shared_ptr<OutgoingCall>& attempt) = 0;
    /// Has ClientCall::TryAgain called at `due`, or when the connection ends; false once no more
    /// calls can be started.
    virtual bool AwaitRetry(const std::shared_ptr<ClientCall>& call, std::int64_t due) = 0;
    /// Takes that back.
    virtual void DropRetry(ClientCall& call) = 0;
  };

  /// Whether a thread waits for the reply, and so keeps the deadline itself and the request alive,
  /// or the carrier must.
  enum class Waits { kItself, kNot };

  using EndListener = std::function<void(const CallEnd& end)>;
  using InboxWrapper =
      std::function<std::shared_ptr<MessageInbox>(std::shared_ptr<MessageInbox> replies)>;
  using OutletWrapper =
      std::function<std::shared_ptr<MessageOutlet>(std::shared_ptr<MessageOutlet> requests)>;

  ~ClientCall() override;

  const AnyMethod& method() const { return method_; }
  Shape shape() const { return method_.shape(); }
  const CallOptions& options() const { return options_; }
  Waits waits() const { return waits_; }

  /// When the caller stops waiting, on the monotonic clock in nanoseconds; empty: never.
  const std::optional<std::int64_t>& deadline() const { return deadline_; }

  /// The request; only until Caller::StartCall returns, unless it is kept.
  const OutgoingMessage& request() const { return request_; }

  // For interceptors, before they pass the call on.

  /// Sets other options. A time-out counts from now.
  void SetOptions(const CallOptions& options);

  /// Copies the request, so that the call can be passed on after StartCall has returned; false when
  /// it changes meanwhile. Without effect the second time.
  bool KeepRequest();

  /// Copies the method's name, which may go before the call has ended. Before it is started.
  void KeepName();

  /// A copy of the bytes of the request; empty where the client streams.
  std::string RequestBytes() const;

  /// The request as its type; nothing if it does not parse as that.
  template <typename Q>
  std::optional<Q> Request() const {
    Q request;
    return MessageTraits<Q>::Parse(RequestBytes(), &request) ? std::optional<Q>(std::move(request))
                                                             : std::nullopt;
  }

  /// Has `listener` told once how the call ends, before its caller learns of it; at once if it has
  /// ended. It runs on the thread that ends the call, often the one that reads, so it must be
  /// short. The listener that was given first is told last.
  void OnEnd(EndListener listener);

  /// Puts something around the messages of the callee, or of the caller. The wrapper that was given
  /// first is the outermost; it must not hold the call.
  void WrapReplies(InboxWrapper wrapper);
  void WrapRequests(OutletWrapper wrapper);

  /// Ends the call with a reply that did not come from the peer.
  template <typename R>
  void Reply(const R& reply, const Metadata& metadata = {}) {
    Answer(Outgoing(reply), metadata);
  }

  /// Ends a call whose server streams with all its messages.
  template <typename R>
  void ReplyStream(const std::vector<R>& replies, const Metadata& metadata = {}) {
    for (const R& reply : replies) {
      AddReply(Outgoing(reply));
    }
    Answer(OutgoingMessage(), metadata);
  }

  /// Ends the call with a failure that this side found out.
  void Fail(const Status& status, Outcome outcome, Metadata metadata = {});

  /// Ends the call with CANCELLED and tells the peer; without effect once the call has ended.
  void Cancel();

  /// The same with another failure.
  void Leave(const Status& why);

  // For callers.

  /// The callee's messages; null unless it streams. To be asked for once, when the call is started.
  std::shared_ptr<MessageInbox> inbox();

  /// Where the caller's messages go; null unless it streams. As inbox().
  std::shared_ptr<MessageOutlet> outlet();

  /// Waits until the call has ended, or until that time on the monotonic clock, in nanoseconds, at
  /// the latest; whether it has ended. The thread reads the connection meanwhile if nobody does.
  bool WaitUntil(const std::optional<std::int64_t>& until);

  /// The same for so long at the most.
  bool WaitFor(std::chrono::nanoseconds timeout);

  /// The metadata that came with the reply or the failure; empty until then.
  Metadata ReplyMetadata() const;

  // For carriers.

  /// Says who carries the call, and how it is retried there. Called by StartCall; false, and
  /// nothing is to be done, if it has ended.
  bool CarriedBy(std::shared_ptr<Carrier> carrier, const RetryPolicy& retry);

  /// Makes the first attempt at whoever carries the call now.
  void Begin(Carrier& carrier);

  /// Has `again` asked when nothing of the call was sent, for want of a connection: whether it
  /// starts the call anew, now or later. To be set before the call is carried.
  void WhenUnsent(std::function<bool(const std::shared_ptr<ClientCall>& call)> again) {
    again_ = std::move(again);
  }

  /// Makes the next attempt; what Carrier::AwaitRetry asks for.
  void TryAgain();

  void Succeeded(const Envelope& response) final;
  void Failed(const StatusMessage& status, Outcome outcome,
              const std::vector<MetadataField>& metadata) final;
  void Message(const Envelope& message, std::uint64_t cost) final;
  void Sendable() final;

  /// As a job it tells its callback how it has ended.
  void Run() final;
  void Overran() final {}

 protected:
  ClientCall(const AnyMethod& method, OutgoingMessage request, const CallOptions& options,
             Waits waits);

  /// Makes what a call that streams has besides. Called once, before it is started.
  static void Stream(const std::shared_ptr<ClientCall>& call);

  /// Waits until the call has ended, and throws its failure.
  void Wait();

 private:
  class Streams;
  class Retries;

  virtual bool ParseReply(std::string_view payload) = 0;
  /// Whether the end is to be told to a callback of the user's, by Job::Run.
  virtual bool HasCallback() const { return false; }
  virtual void TellCallback(const RpcException*) {}
  void AddReply(const OutgoingMessage& reply);
  void Answer(const OutgoingMessage& reply, const Metadata& metadata);
  void TakeReply(std::string_view payload, Metadata metadata);
  void End(std::optional<RpcException> failure, std::string_view reply, Metadata metadata);
  static void Tell(const EndListener& listener, const CallEnd& end);
  /// Whether the call waits for another connection.
  bool WaitsAgain(const Status& status, Outcome outcome);
  /// Whether another attempt follows this failure.
  bool GoesOn(const Status& status, Outcome outcome);

  std::shared_ptr<Carrier> carrier() const;
  std::shared_ptr<Retries> retries() const;
  /// Waits at `waiter` for what this call brings, by whatever carries it.
  void AwaitAt(Waiter& waiter, const std::optional<std::int64_t>& until);

  AnyMethod method_;
  /// The method's own name, if it is kept.
  std::string kept_name_;
  const Waits waits_;

  // Changed only before the call is carried, and when it is tried again.
  OutgoingMessage request_;
  /// The request's own bytes, once it is kept.
  std::string kept_;
  std::string_view kept_view_;
  CallOptions options_;
  std::optional<std::int64_t> deadline_;
  RetryPolicy retry_ = RetryPolicy::kNone;
  std::vector<InboxWrapper> inbox_wrappers_;
  std::vector<OutletWrapper> outlet_wrappers_;

  /// Null for a unary call.
  std::shared_ptr<Streams> streams_;

  mutable std::mutex mutex_;
  Waiter ended_;
  /// Somebody ends the call.
  std::atomic<bool> ending_{false};
  /// Its listeners have been told, and its end can be seen.
  bool done_ = false;
  /// Its application has left it.
  bool left_ = false;
  /// An attempt was made.
  bool begun_ = false;
  std::function<bool(const std::shared_ptr<ClientCall>& call)> again_;
  std::shared_ptr<Carrier> carrier_;
  /// Counts the callback as running.
  std::shared_ptr<Carrier> completer_;
  /// Set when the first attempt has failed and another may follow.
  std::shared_ptr<Retries> retries_;
  std::vector<EndListener> listeners_;
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
      : ClientCall(method, Outgoing(request), options, waits) {}

  /// A call whose client streams.
  template <typename Q>
  TypedClientCall(const Method<Q, R>& method, const CallOptions& options)
      : ClientCall(method, OutgoingMessage(), options, Waits::kNot) {}

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

  /// Takes the reply, or why there is none.
  using Callback = std::function<void(std::optional<R> reply, const RpcException* failure)>;

  /// Has `callback` told once how the call has ended. To be set before the call is started.
  void Then(Callback callback) { callback_ = std::move(callback); }

 private:
  bool ParseReply(std::string_view payload) override {
    return MessageTraits<R>::Parse(payload, &reply_);
  }

  bool HasCallback() const override { return callback_ != nullptr; }

  void TellCallback(const RpcException* failure) override {
    // It may hold what holds this.
    const Callback callback = std::exchange(callback_, nullptr);
    callback(failure == nullptr ? std::optional<R>(std::move(reply_)) : std::nullopt, failure);
  }

  R reply_;
  Callback callback_;
};

}  // namespace parley

#endif  // PARLEY_RPC_CLIENT_CALL_H_
