#include "parley/rpc/client_call.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "connection/timers.h"
#include "parley/rpc/call_context.h"
#include "rpc/conversions.h"
#include "rpc/inbox.h"
#include "rpc/outlet.h"

namespace parley {
namespace {

// A year, so that the clock's own arithmetic does not overflow.
constexpr std::int64_t kLongestWait = std::int64_t{365} * 24 * 3600 * 1'000'000'000;

/// What is left of the time of the call that this thread serves; empty: no limit.
std::optional<std::chrono::nanoseconds> Inherited(const CallOptions& options) {
  const CallContext* const serves = options.inherits_deadline() ? CallContext::Current() : nullptr;
  return serves == nullptr ? std::nullopt : serves->Remaining();
}

std::optional<std::int64_t> DeadlineOf(const CallOptions& options) {
  std::optional<std::chrono::nanoseconds> timeout = options.timeout();
  const std::optional<std::chrono::nanoseconds> inherited = Inherited(options);
  if (inherited.has_value() && (!timeout.has_value() || *inherited < *timeout)) {
    timeout = inherited;
  }
  if (!timeout.has_value()) {
    return std::nullopt;
  }
  const std::int64_t now = MonotonicNow();
  return timeout->count() > INT64_MAX - now ? INT64_MAX : now + timeout->count();
}

}  // namespace

/// What a call of this side streams: either way, or both.
class ClientCall::Streams final : public Inbox::Source, public Outlet::Target {
 public:
  explicit Streams(const std::shared_ptr<ClientCall>& call)
      : call_(*call), held_(call), inbox_(*this), outlet_(*this) {}

  Inbox& inbox() { return inbox_; }
  Outlet& outlet() { return outlet_; }
  std::shared_ptr<ClientCall> call() const { return held_.lock(); }

  void Consumed(std::uint64_t cost) override {
    if (const std::shared_ptr<Carrier> carrier = call_.carrier()) {
      carrier->Consumed(call_, cost);
    }
  }

  void Unreadable() override {
    if (const std::shared_ptr<Carrier> carrier = call_.carrier()) {
      carrier->Leave(call_, Status(Code::kInternal, "C-9: a message does not parse"));
    }
  }

  void Abandoned() override { call_.Cancel(); }

  bool Run(std::function<void()> task) override {
    const std::shared_ptr<Carrier> carrier = call_.carrier();
    if (carrier == nullptr) {
      // The call has ended: what is left does not wait.
      task();
      return true;
    }
    return carrier->Run(std::move(task));
  }

  Metadata ReplyMetadata() const override { return call_.ReplyMetadata(); }

  Offer Try(const OutgoingMessage& message) override {
    const std::shared_ptr<Carrier> carrier = call_.carrier();
    const std::shared_ptr<ClientCall> call = held_.lock();
    return carrier == nullptr || call == nullptr ? Offer::kOver : carrier->Try(call, message);
  }

  void Flush() override {
    if (const std::shared_ptr<Carrier> carrier = call_.carrier()) {
      carrier->Flush();
    }
  }

  RpcException Over() override {
    try {
      call_.Wait();
    } catch (const RpcException& failure) {
      return failure;
    }
    return RpcException(Code::kFailedPrecondition, "the call has ended: its reply has come");
  }

  void Finish() override {
    if (const std::shared_ptr<Carrier> carrier = call_.carrier()) {
      carrier->FinishSending(call_);
    }
  }

 private:
  // Streams are a part of their call; who uses them from outside holds it.
  ClientCall& call_;
  const std::weak_ptr<ClientCall> held_;
  Inbox inbox_;
  Outlet outlet_;
};

ClientCall::ClientCall(std::string_view method, Shape shape, OutgoingMessage request,
                       const CallOptions& options, Waits waits)
    : method_(method),
      shape_(shape),
      request_(request),
      options_(options),
      waits_(waits),
      deadline_(DeadlineOf(options)) {}

ClientCall::~ClientCall() = default;

void ClientCall::Stream(const std::shared_ptr<ClientCall>& call) {
  call->streams_ = std::make_shared<Streams>(call);
}

std::shared_ptr<MessageInbox> ClientCall::inbox() {
  return streams_ == nullptr || !ServerStreams(shape_)
             ? nullptr
             : std::shared_ptr<MessageInbox>(streams_->call(), &streams_->inbox());
}

std::shared_ptr<MessageOutlet> ClientCall::outlet() {
  return streams_ == nullptr || !ClientStreams(shape_)
             ? nullptr
             : std::shared_ptr<MessageOutlet>(streams_->call(), &streams_->outlet());
}

std::shared_ptr<ClientCall::Carrier> ClientCall::carrier() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return carrier_;
}

void ClientCall::Message(const Envelope& message, std::uint64_t cost) {
  if (streams_ != nullptr) {
    streams_->inbox().Add(std::string(message.payload), cost);
  }
}

void ClientCall::Sendable() {
  if (streams_ != nullptr) {
    streams_->outlet().Pump();
  }
}

void ClientCall::CarriedBy(std::shared_ptr<Carrier> carrier) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!done_) {
    carrier_ = std::move(carrier);
  }
}

void ClientCall::Succeeded(const Envelope& response) {
  Metadata metadata = ToMetadata(response.metadata);
  if (ServerStreams(shape_) || ParseReply(response.payload)) {
    End(std::nullopt, std::move(metadata));
    return;
  }
  RpcException failure(
      Status(Code::kInternal, "C-9: the reply of " + std::to_string(response.payload.size()) +
                                  " bytes does not parse"),
      Outcome::kReplied, metadata);
  End(std::move(failure), std::move(metadata));
}

void ClientCall::Failed(const StatusMessage& status, Outcome outcome,
                        const std::vector<MetadataField>& metadata) {
  Fail(ToStatus(status), outcome, ToMetadata(metadata));
}

void ClientCall::Fail(const Status& status, Outcome outcome, Metadata metadata) {
  RpcException failure(status, outcome, metadata);
  End(std::move(failure), std::move(metadata));
}

void ClientCall::End(std::optional<RpcException> failure, Metadata metadata) {
  std::shared_ptr<Carrier> carrier;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (done_) {
      return;
    }
    done_ = true;
    failure_ = std::move(failure);
    reply_metadata_ = std::move(metadata);
    carrier.swap(carrier_);
    ended_.notify_all();
  }
  // Set once, before; nobody changes it any more.
  if (streams_ != nullptr) {
    streams_->inbox().Finish(
        failure_.has_value() ? Inbox::Failure([failure = *failure_] { return failure; }) : nullptr);
    streams_->outlet().Pump();
  }
  Announce(failure_.has_value() ? &*failure_ : nullptr);
}

void ClientCall::Announce(const RpcException*) {}

void ClientCall::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (waits_ == Waits::kItself && deadline_.has_value() && !done_) {
    const std::int64_t left = std::min(*deadline_ - MonotonicNow(), kLongestWait);
    if (left > 0) {
      ended_.wait_for(lock, std::chrono::nanoseconds(left), [this] { return done_; });
    }
    if (!done_ && carrier_ != nullptr) {
      const std::shared_ptr<Carrier> carrier = carrier_;
      lock.unlock();
      // Without effect if the call ends just now; the wait below is then short.
      carrier->Leave(*this, Status(Code::kDeadlineExceeded, "the time-out passed"));
      lock.lock();
    }
  }
  ended_.wait(lock, [this] { return done_; });
  if (failure_.has_value()) {
    throw RpcException(*failure_);
  }
}

void ClientCall::Cancel() {
  std::shared_ptr<Carrier> carrier;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    carrier = carrier_;
  }
  if (carrier != nullptr) {
    carrier->Leave(*this, Status(Code::kCancelled, "the caller cancelled the call"));
  }
}

Metadata ClientCall::ReplyMetadata() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return reply_metadata_;
}

}  // namespace parley
