#include "conformance_service.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "started_call.h"

namespace conformance {

namespace {

void CallBack(const v1::CallBack& back, parley::CallContext& context, v1::CallBackResult* result) {
  parley::CallOptions options = parley::CallOptions().WithMetadata(ToMetadata(back.metadata()));
  if (back.timeout_us() != 0) {
    options = options.WithTimeout(std::chrono::microseconds(back.timeout_us()));
  }
  const std::unique_ptr<StartedCall> call =
      StartedCall::Async(context.peer(), back.method(), back.payload(), options);
  try {
    result->set_payload(call->AwaitReply());
    result->set_outcome(parley::OutcomeName(parley::Outcome::kReplied));
  } catch (const parley::RpcException& failure) {
    if (back.rethrow()) {
      throw;
    }
    result->set_outcome(parley::OutcomeName(failure.outcome()));
    result->set_code(failure.status().number());
    result->set_message(failure.status().message());
  }
  ToPairs(call->ReplyMetadata(), result->mutable_metadata());
}

void See(const v1::UnaryRequest& request, parley::CallContext& context, v1::Saw* saw) {
  ToPairs(context.metadata(), saw->mutable_metadata());
  if (const auto remaining = context.Remaining()) {
    saw->set_timeout(true);
    saw->set_remaining_us(static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(*remaining).count()));
  }
  saw->set_peer_name(context.peer().name());
  saw->set_peer_uid(context.peer().credentials().uid);
  saw->set_padding_size(static_cast<std::uint32_t>(request.padding().size()));
  saw->set_cancelled(context.IsCancelled());
}

std::string Pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i++) {
    bytes[i] = static_cast<char>(i % 251);
  }
  return bytes;
}

[[noreturn]] void Fail(const v1::Answer& answer) {
  std::vector<parley::AnyMessage> details;
  for (const google::protobuf::Any& detail : answer.details()) {
    details.push_back({detail.type_url(), detail.value()});
  }
  throw parley::RpcException(parley::Status(parley::CodeOf(answer.code()), answer.message())
                                 .WithDetails(std::move(details)));
}

}  // namespace

void ConformanceService::Note(const v1::Note& note) {
  rendezvous_.Note(note.log(), note.text());
  rendezvous_.Open(note.open_gate());
}

void ConformanceService::Tell(const v1::Note& request, parley::EventContext& /*context*/) {
  Note(request);
}

v1::NothingReply ConformanceService::Nothing(const v1::NothingRequest& /*request*/,
                                             parley::CallContext& /*context*/) {
  return {};
}

v1::UnaryReply ConformanceService::Unary(const v1::UnaryRequest& request,
                                         parley::CallContext& context) {
  v1::UnaryReply reply;
  for (const v1::EventToSend& event : request.send_events()) {
    SendEvent(context.peer(), event.name(), event.payload(), ToMetadata(event.metadata()));
  }
  for (const std::string& gate : request.open_gates()) {
    rendezvous_.Open(gate);
  }
  WaitAsAsked(request, context);
  if (request.has_call_back()) {
    CallBack(request.call_back(), context, reply.mutable_call_back());
  }
  for (const std::string& gate : request.then_open_gates()) {
    rendezvous_.Open(gate);
  }
  Answer(request, context, &reply);
  return reply;
}

void ConformanceService::WaitAsAsked(const v1::UnaryRequest& request,
                                     parley::CallContext& context) {
  const auto cancelled = std::make_shared<std::atomic<bool>>(false);
  context.OnCancel([this, cancelled] {
    *cancelled = true;
    rendezvous_.Wake();
  });
  const auto stopped = [&cancelled] { return cancelled->load(); };
  if (!request.wait_gate().empty()) {
    rendezvous_.AwaitUnless(request.wait_gate(), stopped);
  }
  if (!request.hold_gate().empty()) {
    rendezvous_.Await(request.hold_gate());
  }
  if (request.wait_cancel()) {
    rendezvous_.AwaitUnless("", stopped);
  }
}

void ConformanceService::Answer(const v1::UnaryRequest& request, parley::CallContext& context,
                                v1::UnaryReply* reply) {
  const v1::Answer& answer = request.answer();
  if (!answer.metadata().empty()) {
    context.SetReplyMetadata(ToMetadata(answer.metadata()));
  }
  if (answer.fault()) {
    throw std::runtime_error(answer.message());
  }
  if (answer.code() != 0) {
    Fail(answer);
  }
  if (answer.saw()) {
    See(request, context, reply->mutable_saw());
  }
  if (!answer.take_log().empty()) {
    for (const std::string& note : rendezvous_.Take(answer.take_log())) {
      reply->add_notes(note);
    }
  }
  reply->set_payload(answer.payload_size() > 0 ? Pattern(answer.payload_size()) : answer.payload());
}

}  // namespace conformance
