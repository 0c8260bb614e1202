#include "rpc/topic_call.h"

#include <utility>

#include "connection/fault.h"
#include "connection/step_aside.h"
#include "parley/rpc/rpc_exception.h"
#include "rpc/connected_peer.h"
#include "rpc/conversions.h"
#include "rpc/current_call.h"
#include "rpc/intercepted_invocation.h"
#include "rpc/served_call.h"

namespace parley {
namespace {

/// Runs a function where a handler would run.
class Passing final : public ServiceDefinition::Invocation {
 public:
  explicit Passing(std::function<void()> pass) : pass_(std::move(pass)) {}
  void Run(CallContext&, const ServiceDefinition::Streams&,
           const ServiceDefinition::ReplyTaker&) override {
    pass_();
  }

 private:
  const std::function<void()> pass_;
};

/// Where an interceptor would send replies of its own.
class Closed final : public MessageOutlet {
 public:
  void Send(const OutgoingMessage&) override {
    throw RpcException(Code::kFailedPrecondition,
                       "a topic streams what is published, nothing else");
  }
  std::future<void> SendAsync(const OutgoingMessage& message) override {
    Send(message);
    return {};
  }
  void Finish() override {}
};

}  // namespace

TopicCall::TopicCall(std::shared_ptr<ConnectedPeer> peer, std::shared_ptr<IncomingCall> call,
                     std::shared_ptr<const Services> services)
    : peer_(std::move(peer)),
      call_(std::move(call)),
      services_(std::move(services)),
      metadata_(ToMetadata(call_->metadata())) {}

Peer& TopicCall::peer() { return *peer_; }

void TopicCall::Begin(std::string_view request, const Enter& enter) {
  const bool asks = !services_->interceptors().empty();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    held_up_ = asks;
  }
  call_->OnSendable([held = weak_from_this()] {
    if (const std::shared_ptr<TopicCall> self = held.lock()) {
      self->Drain();
    }
  });
  if (!call_->Begin()) {
    return;
  }
  std::function<void()> leave;
  try {
    leave = enter(shared_from_this(), request);
  } catch (const RpcException& failure) {
    call_->Fail(ToMessage(failure.status()), {});
    return;
  } catch (const std::exception& failure) {
    const std::string id = ReportHandlerFailure(call_->method(), failure.what());
    call_->Fail(Fault(wire_code::kInternal, "the handler failed, error " + id), {});
    return;
  }
  bool late = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    late = over_;
    if (!late) {
      leave_ = leave;
    }
  }
  if (late) {
    leave();
    return;
  }
  peer_->Subscribed(shared_from_this());
  call_->OnStop([held = weak_from_this()] {
    if (const std::shared_ptr<TopicCall> self = held.lock()) {
      self->End(Fault(wire_code::kCancelled, "the subscriber cancelled the subscription"));
    }
  });
  if (asks &&
      !services_->workers()
           .Submit([self = shared_from_this(), asked = std::string(request)] { self->Ask(asked); })
           .has_value()) {
    End(Fault(wire_code::kUnavailable, ServedCall::kTooMany));
  }
}

void TopicCall::Ask(const std::string& request) {
  entry_.shape = Shape::kServerStreaming;
  entry_.idempotency = Idempotency::kUnknown;
  entry_.parse = [this](std::string_view) { return std::make_unique<Passing>([this] { Let(); }); };
  const AnyMethod method(call_->method(), entry_.shape);
  try {
    const CurrentCall current(*this);
    InterceptedInvocation chain(services_->interceptors(), method, entry_, request,
                                entry_.parse(request));
    ServiceDefinition::Streams streams;
    streams.replies = std::make_shared<Closed>();
    chain.Run(*this, streams, [](const OutgoingMessage&) {});
    bool kept = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      kept = held_up_ && !over_;
    }
    if (kept) {
      End(Fault(wire_code::kPermissionDenied, "an interceptor kept the subscription"));
    }
  } catch (const RpcException& failure) {
    End(ToMessage(failure.status()));
  } catch (const std::exception& failure) {
    const std::string id = ReportHandlerFailure(call_->method(), failure.what());
    End(Fault(wire_code::kInternal, "the handler failed, error " + id));
  } catch (...) {
    const std::string id =
        ReportHandlerFailure(call_->method(), "something that is no std::exception");
    End(Fault(wire_code::kInternal, "the handler failed, error " + id));
  }
}

void TopicCall::Let() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    held_up_ = false;
  }
  Drain();
}

Backlog::Send TopicCall::Sender() {
  return [call = call_.get()](std::string_view message, const std::string& publisher,
                              std::uint64_t missed) {
    return call->Try(OutgoingMessage::OfBytes(message), publisher, missed) != Offer::kNoRoom;
  };
}

void TopicCall::Drain() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!over_ && !held_up_) {
      backlog_.Drain(Sender());
    }
  }
  call_->Flush();
}

void TopicCall::Take(const TopicBase::Bytes& message, const std::string& publisher,
                     const TopicOptions& options) {
  bool too_slow = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (over_) {
      return;
    }
    const bool waits = held_up_ || !backlog_.SendNow(Sender(), message, publisher);
    too_slow = waits && !backlog_.Add(message, publisher, options);
  }
  if (too_slow) {
    End(Fault(wire_code::kResourceExhausted, "T-3: more waits for this subscriber to " +
                                                 std::string(call_->method()) + " than may"));
  } else {
    call_->FlushSends();
  }
}

void TopicCall::End(const StatusMessage& why) {
  const std::shared_ptr<TopicCall> self = shared_from_this();
  std::function<void()> leave;
  Metadata metadata;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (over_) {
      return;
    }
    over_ = true;
    leave.swap(leave_);
    metadata = std::move(reply_metadata_);
    backlog_ = Backlog();
    over_changed_.notify_all();
  }
  if (leave) {
    leave();
  }
  peer_->Unsubscribed(this);
  call_->Fail(why, ToFields(metadata));
}

void TopicCall::SetReplyMetadata(Metadata metadata) {
  CheckMetadata(metadata);
  std::lock_guard<std::mutex> lock(mutex_);
  reply_metadata_ = std::move(metadata);
}

void TopicCall::OnCancel(std::function<void()> listener) { call_->OnStop(std::move(listener)); }

void TopicCall::AwaitCancel() {
  StepAside();
  std::unique_lock<std::mutex> lock(mutex_);
  over_changed_.wait(lock, [this] { return over_; });
}

std::function<void()> TopicCall::Wrap(std::function<void()> task) {
  return [self = shared_from_this(), task = std::move(task)] {
    const CurrentCall current(*self);
    task();
  };
}

}  // namespace parley
