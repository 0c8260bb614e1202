#include "connection/replies.h"

#include <new>
#include <utility>

#include "connection/fault.h"
#include "parley/wire/wire_error.h"

namespace parley {

std::shared_ptr<OutgoingCall> Replies::Find(const Envelope& frame) const {
  const bool ours = Opens(calls_.side_, frame.id);
  if (!ours || frame.id == 0 || frame.id >= calls_.requests_.next_id()) {
    throw WireError("C-2", wire_code::kInternal,
                    ToString(frame.type) + " for call " + std::to_string(frame.id) +
                        ", which this side never opened");
  }
  return calls_.table_.Share(frame.id);
}

void Replies::Response(Envelope& frame) {
  std::shared_ptr<OutgoingCall> call;
  std::optional<StatusMessage> fault;
  bool left = false;
  bool got_message = false;
  {
    std::lock_guard<std::mutex> lock(calls_.mutex_);
    call = Find(frame);
    if (call == nullptr) {
      return;
    }
    left = call->state_ == OutgoingCall::State::kLeft;
    if (!left) {
      fault = frame.more ? Begin(*call, frame) : Finish(*call, frame);
    }
    if (frame.more && !fault.has_value()) {
      return;
    }
    if (!frame.more) {
      got_message = call->streams_ != nullptr && call->streams_->got_message;
      calls_.table_.Remove(frame.id);
      call->state_ = OutgoingCall::State::kEnded;
      calls_.Release(*call);
    }
  }
  if (frame.more) {
    calls_.Leave(*call, *fault);
    return;
  }
  calls_.DropTimer(*call);
  if (left) {
    return;
  }
  if (fault.has_value()) {
    call->Failed(*fault, Outcome::kReplied, frame.metadata);
    return;
  }
  try {
    Tell(*call, frame, got_message);
  } catch (const std::bad_alloc&) {
    // The call is in no table any more, so it must end here; without effect if it has.
    call->Failed(Fault(wire_code::kInternal, "out of memory"), Outcome::kReplied, {});
    throw;
  }
}

void Replies::Tell(OutgoingCall& call, const Envelope& frame, bool got_message) {
  if (frame.success) {
    call.Succeeded(frame);
    return;
  }
  StatusMessage status;
  DecodeStatus(frame.payload, status);
  const bool rejected = status.not_run && !got_message;
  call.Failed(status, rejected ? Outcome::kRejected : Outcome::kReplied, frame.metadata);
}

std::optional<StatusMessage> Replies::Begin(OutgoingCall& call, const Envelope& frame) {
  if (!calls_.streams_) {
    return Fault(wire_code::kInternal, "H-3: the reply came in parts, above the level");
  }
  if (call.streams_ == nullptr) {
    call.streams_ = std::make_shared<OutgoingStreams>();
  }
  OutgoingStreams& streams = *call.streams_;
  if (!streams.answer.has_value()) {
    std::optional<StatusMessage> foreign = ForeignFault(call, frame.success);
    if (foreign.has_value()) {
      return foreign;
    }
    streams.answer.emplace("reply", calls_.settings_.max_message, calls_.held_);
    streams.answer_success = frame.success;
    for (const MetadataField& field : frame.metadata) {
      streams.answer_metadata.emplace_back(field.key, field.value);
    }
    calls_.StopSending(call);
  }
  return streams.answer->Add(frame.payload);
}

std::optional<StatusMessage> Replies::Finish(OutgoingCall& call, Envelope& frame) {
  OutgoingStreams* streams = call.streams_.get();
  if (streams == nullptr || !streams->answer.has_value()) {
    if (frame.success && frame.payload.size() > calls_.settings_.max_message) {
      return TooLarge("reply", frame.payload.size(), calls_.settings_.max_message);
    }
    return ForeignFault(call, frame.success);
  }
  std::optional<StatusMessage> fault = streams->answer->Add(frame.payload);
  metadata_ = std::move(streams->answer_metadata);
  frame.metadata.clear();
  for (const auto& [key, value] : metadata_) {
    frame.metadata.push_back({key, value});
  }
  frame.success = streams->answer_success;
  if (!fault.has_value()) {
    whole_ = streams->answer->Finish();
    frame.payload = whole_;
    streams->answer.reset();
  }
  return fault;
}

std::optional<StatusMessage> Replies::ForeignFault(const OutgoingCall& call, bool success) {
  // A failing RESPONSE drops an unfinished MESSAGE; a successful one may not stand inside it.
  if (success && call.streams_ != nullptr && call.streams_->receiver != nullptr &&
      call.streams_->receiver->mid_message()) {
    return Fault(wire_code::kInternal, "F-9: a RESPONSE stands between the parts of a MESSAGE");
  }
  return std::nullopt;
}

void Replies::Message(Envelope& frame) {
  std::shared_ptr<OutgoingCall> call;
  std::optional<StatusMessage> fault;
  std::uint64_t cost = 0;
  {
    std::lock_guard<std::mutex> lock(calls_.mutex_);
    call = Find(frame);
    if (call == nullptr || call->state_ == OutgoingCall::State::kLeft) {
      return;
    }
    OutgoingStreams* streams = call->streams_.get();
    if (streams == nullptr || streams->receiver == nullptr ||
        call->state_ == OutgoingCall::State::kSending) {
      fault = Fault(wire_code::kInternal, "C-6: a MESSAGE came from a callee that may not stream");
    } else if (streams->answer.has_value()) {
      fault = Fault(wire_code::kInternal, "F-9: a MESSAGE stands between the parts of a RESPONSE");
    } else {
      fault = streams->receiver->Arrived(frame, whole_, cost);
      if (!fault.has_value()) {
        streams->got_message = true;
        if (frame.more) {
          return;
        }
      }
    }
  }
  if (fault.has_value()) {
    calls_.Leave(*call, *fault);
  } else {
    call->Message(frame, cost);
  }
}

void Replies::Credit(const Envelope& frame) {
  std::lock_guard<std::mutex> lock(calls_.mutex_);
  const std::shared_ptr<OutgoingCall> call = Find(frame);
  if (call != nullptr && call->streams_ != nullptr && call->streams_->sender != nullptr) {
    call->streams_->sender->Grant(frame.credit);
  }
}

}  // namespace parley
