#include "parley/rpc/client_call.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "connection/step_aside.h"
#include "connection/timers.h"
#include "parley/rpc/call_context.h"
#include "parley/rpc/log_sink.h"
#include "rpc/conversions.h"
#include "rpc/inbox.h"
#include "rpc/outlet.h"
#include "rpc/retries.h"

namespace parley {
namespace {

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

  /// Whether a message of the callee's has come.
  bool received() const { return received_; }

  void Message(const Envelope& message, std::uint64_t cost) {
    received_ = true;
    inbox_.Add(std::string(message.payload), cost, std::string(message.sent_by), message.missed);
  }

  void Consumed(std::uint64_t cost) override {
    const std::shared_ptr<Carrier> carrier = call_.carrier();
    if (carrier == nullptr) {
      return;
    }
    const std::shared_ptr<Retries> retries = call_.retries();
    if (retries == nullptr) {
      carrier->Consumed(call_, cost);
    } else if (const std::shared_ptr<OutgoingCall> attempt = retries->current()) {
      carrier->Consumed(*attempt, cost);
    }
  }

  void Await(Waiter& waiter) override { call_.AwaitAt(waiter, std::nullopt); }

  void Unreadable() override {
    call_.Leave(Status(Code::kInternal, "C-9: a message does not parse"));
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

  void FlushSends() override {
    if (const std::shared_ptr<Carrier> carrier = call_.carrier()) {
      carrier->FlushSends();
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
  std::atomic<bool> received_{false};
  Inbox inbox_;
  Outlet outlet_;
};

ClientCall::ClientCall(const AnyMethod& method, OutgoingMessage request, const CallOptions& options,
                       Waits waits)
    : method_(method),
      waits_(waits),
      request_(request),
      options_(options),
      deadline_(DeadlineOf(options)) {}

ClientCall::~ClientCall() = default;

void ClientCall::Stream(const std::shared_ptr<ClientCall>& call) {
  call->streams_ = std::make_shared<Streams>(call);
}

void ClientCall::SetOptions(const CallOptions& options) {
  options_ = options;
  deadline_ = DeadlineOf(options);
}

bool ClientCall::KeepRequest() {
  if (request_.size == 0 || request_.message == &kept_view_) {
    return true;
  }
  std::string bytes(request_.size, '\0');
  if (!request_.WriteTo(bytes.data())) {
    return false;
  }
  kept_ = std::move(bytes);
  kept_view_ = kept_;
  request_ = OutgoingMessage::OfBytes(kept_view_);
  return true;
}

void ClientCall::KeepName() {
  kept_name_ = method_.full_name();
  method_ = AnyMethod(kept_name_, method_.shape(), method_.idempotency());
}

std::string ClientCall::RequestBytes() const {
  std::string bytes(request_.size, '\0');
  if (!request_.WriteTo(bytes.data())) {
    throw RpcException(Status(Code::kInvalidArgument, "the request changed while it was written"),
                       Outcome::kNotSent);
  }
  return bytes;
}

void ClientCall::WrapReplies(InboxWrapper wrapper) {
  inbox_wrappers_.push_back(std::move(wrapper));
}

void ClientCall::WrapRequests(OutletWrapper wrapper) {
  outlet_wrappers_.push_back(std::move(wrapper));
}

std::shared_ptr<MessageInbox> ClientCall::inbox() {
  if (streams_ == nullptr || !ServerStreams(shape())) {
    return nullptr;
  }
  std::shared_ptr<MessageInbox> inbox(streams_->call(), &streams_->inbox());
  for (auto wrapper = inbox_wrappers_.rbegin(); wrapper != inbox_wrappers_.rend(); ++wrapper) {
    inbox = (*wrapper)(std::move(inbox));
  }
  return inbox;
}

std::shared_ptr<MessageOutlet> ClientCall::outlet() {
  if (streams_ == nullptr || !ClientStreams(shape())) {
    return nullptr;
  }
  std::shared_ptr<MessageOutlet> outlet(streams_->call(), &streams_->outlet());
  for (auto wrapper = outlet_wrappers_.rbegin(); wrapper != outlet_wrappers_.rend(); ++wrapper) {
    outlet = (*wrapper)(std::move(outlet));
  }
  return outlet;
}

std::shared_ptr<ClientCall::Carrier> ClientCall::carrier() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return carrier_;
}

std::shared_ptr<ClientCall::Retries> ClientCall::retries() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return retries_;
}

void ClientCall::Message(const Envelope& message, std::uint64_t cost) {
  if (streams_ != nullptr) {
    streams_->Message(message, cost);
  }
}

void ClientCall::Sendable() {
  if (streams_ != nullptr) {
    streams_->outlet().Pump();
  }
}

bool ClientCall::CarriedBy(std::shared_ptr<Carrier> carrier, const RetryPolicy& retry) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (ending_) {
    return false;
  }
  retry_ = retry;
  carrier_ = std::move(carrier);
  // Who waits for it already reads for it from now on.
  ended_.Call();
  return true;
}

void ClientCall::Begin(Carrier& carrier) {
  std::shared_ptr<Retries> retries;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(begun_, true)) {
      // It has been one attempt already, which cannot be used again.
      retries_ = std::make_shared<Retries>(*this, retry_);
      retries = retries_;
    }
  }
  if (retries == nullptr) {
    carrier.StartAttempt(*this, shared_from_this());
  } else {
    retries->TryAgain(carrier);
  }
}

bool ClientCall::WaitsAgain(const Status& status, Outcome outcome) {
  if (again_ == nullptr || outcome != Outcome::kNotSent || status.code() != Code::kUnavailable ||
      ClientStreams(shape())) {
    return false;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (left_) {
      return false;
    }
    carrier_.reset();
    retries_.reset();
  }
  return again_(shared_from_this());
}

void ClientCall::TryAgain() {
  const std::shared_ptr<Carrier> carrier = this->carrier();
  const std::shared_ptr<Retries> retries = this->retries();
  if (carrier != nullptr && retries != nullptr) {
    retries->TryAgain(*carrier);
  }
}

bool ClientCall::GoesOn(const Status& status, Outcome outcome) {
  if (retry_.max_attempts() == 1 || !Retries::Allow(method_, status, outcome) ||
      (streams_ != nullptr && streams_->received())) {
    return false;
  }
  // Whoever waits for the call keeps its request alive until it has ended, and so until here.
  if (!KeepRequest()) {
    return false;
  }
  std::shared_ptr<Carrier> carrier;
  std::shared_ptr<Retries> retries;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (left_ || carrier_ == nullptr) {
      return false;
    }
    if (retries_ == nullptr) {
      retries_ = std::make_shared<Retries>(*this, retry_);
    }
    carrier = carrier_;
    retries = retries_;
  }
  return retries->Again(*carrier, outcome);
}

void ClientCall::Succeeded(const Envelope& response) {
  TakeReply(response.payload, ToMetadata(response.metadata));
}

void ClientCall::TakeReply(std::string_view payload, Metadata metadata) {
  if (ending_.exchange(true)) {
    return;
  }
  bool readable = true;
  try {
    // The reply of a one-way method never travels.
    readable = ServerStreams(shape()) || shape() == Shape::kOneWay || ParseReply(payload);
  } catch (...) {
    // No memory for it, say: the call is in no table any more, so it must end here.
    RpcException failure(Status(Code::kInternal, "the reply could not be taken"), Outcome::kReplied,
                         metadata);
    End(std::move(failure), {}, std::move(metadata));
    throw;
  }
  if (readable) {
    End(std::nullopt, ServerStreams(shape()) ? std::string_view() : payload, std::move(metadata));
    return;
  }
  RpcException failure(
      Status(Code::kInternal,
             "C-9: the reply of " + std::to_string(payload.size()) + " bytes does not parse"),
      Outcome::kReplied, metadata);
  End(std::move(failure), {}, std::move(metadata));
}

void ClientCall::Failed(const StatusMessage& status, Outcome outcome,
                        const std::vector<MetadataField>& metadata) {
  const Status why = ToStatus(status);
  if (!GoesOn(why, outcome) && !WaitsAgain(why, outcome)) {
    Fail(why, outcome, ToMetadata(metadata));
  }
}

void ClientCall::Fail(const Status& status, Outcome outcome, Metadata metadata) {
  if (!ending_.exchange(true)) {
    RpcException failure(status, outcome, metadata);
    End(std::move(failure), {}, std::move(metadata));
  }
}

void ClientCall::AddReply(const OutgoingMessage& reply) {
  std::string bytes(reply.size, '\0');
  if (streams_ != nullptr && reply.WriteTo(bytes.data())) {
    streams_->inbox().Add(std::move(bytes), 0);
  }
}

void ClientCall::Answer(const OutgoingMessage& reply, const Metadata& metadata) {
  std::string bytes(reply.size, '\0');
  if (reply.WriteTo(bytes.data())) {
    TakeReply(bytes, metadata);
  } else {
    Fail(Status(Code::kInternal, "the reply changed while it was written"), Outcome::kNotSent);
  }
}

void ClientCall::OnEnd(EndListener listener) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!done_) {
      listeners_.push_back(std::move(listener));
      return;
    }
  }
  Tell(listener, {failure_.has_value() ? &*failure_ : nullptr, {}, reply_metadata_});
}

void ClientCall::Tell(const EndListener& listener, const CallEnd& end) {
  try {
    listener(end);
  } catch (const std::exception& failure) {
    LogSink::Write(std::string("a listener for the end of a call failed: ") + failure.what());
  } catch (...) {
    LogSink::Write("a listener for the end of a call failed");
  }
}

void ClientCall::End(std::optional<RpcException> failure, std::string_view reply,
                     Metadata metadata) {
  std::shared_ptr<Carrier> carrier;
  std::shared_ptr<Retries> retries;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    // Set once, here; nobody changes it any more.
    failure_ = std::move(failure);
    reply_metadata_ = std::move(metadata);
    carrier.swap(carrier_);
    retries.swap(retries_);
    while (!listeners_.empty()) {
      const EndListener listener = std::move(listeners_.back());
      listeners_.pop_back();
      lock.unlock();
      Tell(listener, {failure_.has_value() ? &*failure_ : nullptr, reply, reply_metadata_});
      lock.lock();
    }
    done_ = true;
    ended_.Finish();
  }
  if (streams_ != nullptr) {
    streams_->inbox().Finish(
        failure_.has_value() ? Inbox::Failure([failure = *failure_] { return failure; }) : nullptr);
    streams_->outlet().Pump();
  }
  if (!HasCallback()) {
    return;
  }
  if (carrier == nullptr) {
    Run();
  } else if (carrier->Complete(shared_from_this())) {
    completer_ = std::move(carrier);
  }
}

void ClientCall::Run() {
  const std::shared_ptr<Carrier> completer = std::move(completer_);
  try {
    TellCallback(failure_.has_value() ? &*failure_ : nullptr);
  } catch (const std::exception& failure) {
    LogSink::Write(std::string("what takes the end of a call failed: ") + failure.what());
  } catch (...) {
    LogSink::Write("what takes the end of a call failed");
  }
  if (completer != nullptr) {
    completer->Completed();
  }
}

bool ClientCall::WaitUntil(const std::optional<std::int64_t>& until) {
  while (!ended_.IsOver()) {
    AwaitAt(ended_, until);
    if (until.has_value() && MonotonicNow() >= *until) {
      break;
    }
  }
  return ended_.IsOver();
}

bool ClientCall::WaitFor(std::chrono::nanoseconds timeout) {
  const std::int64_t now = MonotonicNow();
  return WaitUntil(timeout.count() > INT64_MAX - now ? INT64_MAX : now + timeout.count());
}

void ClientCall::AwaitAt(Waiter& waiter, const std::optional<std::int64_t>& until) {
  std::shared_ptr<Carrier> carrier;
  std::shared_ptr<Retries> retries;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    carrier = carrier_;
    retries = retries_;
  }
  if (carrier == nullptr) {
    // Nobody carries it yet, or it ends just now.
    StepAside();
    waiter.Park(until);
  } else if (waits_ == Waits::kItself) {
    carrier->Await(nullptr, waiter, until);
  } else {
    carrier->Await(retries == nullptr ? this : retries->current().get(), waiter, until);
  }
}

void ClientCall::Wait() {
  if (waits_ == Waits::kItself && deadline_.has_value() && !WaitUntil(deadline_)) {
    // Without effect if the call ends just now; the wait below is then short.
    Leave(Status(Code::kDeadlineExceeded, "the time-out passed"));
  }
  WaitUntil(std::nullopt);
  if (failure_.has_value()) {
    throw RpcException(*failure_);
  }
}

void ClientCall::Cancel() { Leave(Status(Code::kCancelled, "the caller cancelled the call")); }

void ClientCall::Leave(const Status& why) {
  std::shared_ptr<Carrier> carrier;
  std::shared_ptr<Retries> retries;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    left_ = true;
    carrier = carrier_;
    retries = retries_;
  }
  if (carrier == nullptr) {
    // Nobody carries it yet; or it has ended, and this does nothing.
    Fail(why, Outcome::kNotSent);
  } else if (retries != nullptr) {
    retries->Leave(*carrier, why);
  } else {
    carrier->Leave(*this, why);
  }
}

Metadata ClientCall::ReplyMetadata() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return reply_metadata_;
}

}  // namespace parley
