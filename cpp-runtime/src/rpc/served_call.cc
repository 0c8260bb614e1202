#include "rpc/served_call.h"

#include <chrono>
#include <exception>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>

#include "connection/fault.h"
#include "connection/step_aside.h"
#include "connection/timers.h"
#include "parley/rpc/rpc_exception.h"
#include "rpc/conversions.h"
#include "rpc/current_call.h"
#include "rpc/services.h"

namespace parley {
namespace {

// How long a thread without memory waits before it asks again.
constexpr std::chrono::milliseconds kMemoryPause{10};

}  // namespace

void CheckMetadata(const Metadata& metadata) {
  Envelope head;
  head.type = FrameType::kResponse;
  head.metadata = ToFields(metadata);
  try {
    CheckSent(head);
  } catch (const WireError& error) {
    throw std::invalid_argument(error.what());
  }
}

ServedCall::ServedCall(std::shared_ptr<Peer> peer, std::shared_ptr<IncomingCall> call,
                       std::unique_ptr<ServiceDefinition::Invocation> invocation,
                       std::shared_ptr<const Services> services,
                       std::shared_ptr<const Served> served, std::shared_ptr<ServedStreams> streams,
                       Metadata metadata)
    : peer_(std::move(peer)),
      call_(std::move(call)),
      invocation_(std::move(invocation)),
      services_(std::move(services)),
      served_(std::move(served)),
      shortness_(*served_->shortness),
      streamed_(std::move(streams)),
      streams_(streamed_ == nullptr ? ServiceDefinition::Streams()
                                    : streamed_->Seen(served_->entry->shape)),
      metadata_(std::move(metadata)) {}

void ServedCall::Start() {
  TaskRunner& workers = services_->workers();
  if (shortness_.IsShort() && workers.BeginHere()) {
    if (call_->Post(shared_from_this())) {
      return;
    }
    workers.EndHere();
  }
  const std::optional<TaskRunner::Ticket> ticket =
      workers.Submit([self = shared_from_this()] { self->RunElsewhere(); });
  if (!ticket.has_value()) {
    call_->Refuse(wire_code::kUnavailable, kTooMany);
    return;
  }
  // A call that is stopped before its handler runs must not keep its place in the queue.
  call_->OnStop([workers = &workers, ticket = *ticket] { workers->Withdraw(ticket); });
}

void ServedCall::Run() {
  Serve();
  services_->workers().EndHere();
}

void ServedCall::RunElsewhere() {
  if (shortness_.IsShort()) {
    Serve();
    return;
  }
  const std::int64_t began = MonotonicNow();
  Serve();
  shortness_.Took(MonotonicNow() - began);
}

void ServedCall::Serve() {
  if (!call_->Begin()) {
    return;
  }
  try {
    const CurrentCall current(*this);
    invocation_->Run(*this, streams_, [this](const OutgoingMessage& reply) {
      if (streams_.replies == nullptr) {
        Answer(reply);
      }
    });
    if (streams_.replies != nullptr) {
      // What was sent without waiting comes first.
      streamed_->AnswerBehind([self = shared_from_this()] {
        self->Answer(OutgoingMessage());
        self->call_->ForgetListeners();
      });
      Over();
      return;
    }
  } catch (const RpcException& failure) {
    const Metadata metadata = TakeReplyMetadata();
    call_->Fail(ToMessage(failure.status()), ToFields(metadata));
  } catch (const std::bad_alloc&) {
    FailForMemory();
  } catch (const std::exception& failure) {
    FailInternally(failure.what());
  } catch (...) {
    FailInternally("something that is no std::exception");
  }
  call_->ForgetListeners();
  Over();
}

void ServedCall::Answer(const OutgoingMessage& reply) {
  const Metadata metadata = TakeReplyMetadata();
  call_->Reply(reply, ToFields(metadata));
}

void ServedCall::OnCancel(std::function<void()> listener) {
  call_->OnStop([method = call_->method(), listener = std::move(listener)] {
    try {
      listener();
    } catch (const std::exception& failure) {
      ReportHandlerFailure("a cancel listener of " + method, failure.what());
    } catch (...) {
      ReportHandlerFailure("a cancel listener of " + method, "something that is no std::exception");
    }
  });
}

void ServedCall::AwaitCancel() {
  // Not held by the listener: the call that it waits at is held by this.
  call_->OnStop([held = weak_from_this()] {
    if (const std::shared_ptr<ServedCall> alive = held.lock()) {
      alive->Over();
    }
  });
  StepAside();
  std::unique_lock<std::mutex> lock(mutex_);
  over_changed_.wait(lock, [this] { return over_; });
}

void ServedCall::Over() {
  std::lock_guard<std::mutex> lock(mutex_);
  over_ = true;
  over_changed_.notify_all();
}

std::function<void()> ServedCall::Wrap(std::function<void()> task) {
  return [self = shared_from_this(), task = std::move(task)] {
    const CurrentCall current(*self);
    task();
  };
}

void ServedCall::FailForMemory() {
  for (;;) {
    try {
      const std::string id = FailInternally("out of memory");
      call_->CloseConnection(Fault(wire_code::kInternal, "out of memory, error " + id));
      return;
    } catch (const std::bad_alloc&) {
      // Not even for this: others may give some back.
      std::this_thread::sleep_for(kMemoryPause);
    }
  }
}

std::string ServedCall::FailInternally(const char* what) {
  const std::string id = ReportHandlerFailure(call_->method(), what);
  const Metadata metadata = TakeReplyMetadata();
  call_->Fail(Fault(wire_code::kInternal, "the handler failed, error " + id), ToFields(metadata));
  return id;
}

void ServedCall::SetReplyMetadata(Metadata metadata) {
  CheckMetadata(metadata);
  std::lock_guard<std::mutex> lock(mutex_);
  reply_metadata_ = std::move(metadata);
}

Metadata ServedCall::TakeReplyMetadata() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::move(reply_metadata_);
}

std::optional<std::chrono::nanoseconds> ServedCall::Remaining() const {
  const std::optional<std::int64_t> left = call_->Remaining();
  if (!left.has_value()) {
    return std::nullopt;
  }
  return std::chrono::nanoseconds(*left);
}

}  // namespace parley
