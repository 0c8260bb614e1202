#include "conformance_service.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "acts.h"
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

/// Sets the metadata of the answer, and fails as it says.
void End(const v1::Answer& answer, parley::CallContext& context) {
  if (!answer.metadata().empty()) {
    context.SetReplyMetadata(ToMetadata(answer.metadata()));
  }
  if (answer.fault()) {
    throw std::runtime_error(answer.message());
  }
  if (answer.code() == 0) {
    return;
  }
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
  Answer(request.answer(), request.padding().size(), context, &reply);
  return reply;
}

void ConformanceService::ServerStream(const v1::StreamRequest& request,
                                      parley::MessageSink<v1::StreamReply>& replies,
                                      parley::CallContext& context) {
  End(Acts(rendezvous_, context, &replies).Play(request), context);
}

v1::UnaryReply ConformanceService::ClientStream(parley::MessageStream<v1::StreamRequest>& requests,
                                                parley::CallContext& context) {
  Acts acts(rendezvous_, context, nullptr);
  const v1::Answer answer = acts.Play(requests);
  v1::UnaryReply reply;
  acts.tally().Tell(reply.mutable_taken());
  if (acts.streamed_back().has_value()) {
    *reply.mutable_stream_back() = *acts.streamed_back();
  }
  Answer(answer, 0, context, &reply);
  return reply;
}

void ConformanceService::Bidi(parley::MessageStream<v1::StreamRequest>& requests,
                              parley::MessageSink<v1::StreamReply>& replies,
                              parley::CallContext& context) {
  End(Acts(rendezvous_, context, &replies).Play(requests), context);
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

void ConformanceService::Answer(const v1::Answer& answer, std::size_t padding_size,
                                parley::CallContext& context, v1::UnaryReply* reply) {
  End(answer, context);
  if (answer.saw()) {
    See(padding_size, context, reply->mutable_saw());
  }
  if (!answer.take_log().empty()) {
    for (const std::string& note : rendezvous_.Take(answer.take_log())) {
      reply->add_notes(note);
    }
  }
  reply->set_payload(answer.payload_size() > 0 ? Pattern(answer.payload_size()) : answer.payload());
}

}  // namespace conformance
