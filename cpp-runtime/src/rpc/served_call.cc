#include "rpc/served_call.h"

#include <exception>
#include <stdexcept>
#include <utility>

#include "connection/fault.h"
#include "parley/rpc/rpc_exception.h"
#include "rpc/conversions.h"
#include "rpc/services.h"

namespace parley {

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
                       ServiceDefinition::Streams streams, Metadata metadata)
    : peer_(std::move(peer)),
      call_(std::move(call)),
      invocation_(std::move(invocation)),
      streams_(std::move(streams)),
      metadata_(std::move(metadata)) {}

void ServedCall::Run() {
  if (!call_->Begin()) {
    return;
  }
  try {
    invocation_->Run(*this, streams_, [this](const OutgoingMessage& reply) {
      const Metadata metadata = TakeReplyMetadata();
      call_->Reply(reply, ToFields(metadata));
    });
  } catch (const RpcException& failure) {
    const Metadata metadata = TakeReplyMetadata();
    call_->Fail(ToMessage(failure.status()), ToFields(metadata));
  } catch (const std::exception& failure) {
    FailInternally(failure.what());
  } catch (...) {
    FailInternally("something that is no std::exception");
  }
  call_->ForgetListeners();
}

void ServedCall::FailInternally(const char* what) {
  const std::string id = ReportHandlerFailure(call_->method(), what);
  const Metadata metadata = TakeReplyMetadata();
  call_->Fail(Fault(wire_code::kInternal, "the handler failed, error " + id), ToFields(metadata));
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
