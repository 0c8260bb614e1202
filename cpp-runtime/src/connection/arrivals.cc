#include "connection/arrivals.h"

#include <algorithm>

#include "connection/fault.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {

std::shared_ptr<IncomingCall> Arrivals::Request(const std::shared_ptr<Connection>& connection,
                                                Envelope& request) {
  return request.name.empty() ? Continuation(request) : NewRequest(connection, request);
}

std::shared_ptr<IncomingCall> Arrivals::NewRequest(const std::shared_ptr<Connection>& connection,
                                                   const Envelope& request) {
  std::lock_guard<std::mutex> lock(calls_.mutex_);
  const std::uint64_t id = request.id;
  const bool theirs = !Opens(calls_.side_, id);
  if (id == 0 || id > limits::kMaxId || !theirs) {
    throw WireError("C-1", wire_code::kInternal,
                    "REQUEST with id " + std::to_string(id) + ", wanted " +
                        (calls_.side_ == Side::kConnecting ? "an even" : "an odd") +
                        " one from 1 to 2^63-1");
  }
  if (id <= calls_.mark_) {
    throw WireError(
        "C-2", wire_code::kInternal,
        "REQUEST with id " + std::to_string(id) + " is not above " + std::to_string(calls_.mark_));
  }
  calls_.mark_ = id;
  if (id > calls_.last_taken_) {
    return nullptr;
  }
  std::optional<StatusMessage> fault = FaultOf(request);
  if (fault.has_value()) {
    calls_.answers_.Refuse(id, *std::move(fault));
    return nullptr;
  }
  std::optional<std::int64_t> deadline;
  if (request.timeout_us > 0 && request.timeout_us < limits::kNoTimeout) {
    deadline = calls_.timers_.Now() + static_cast<std::int64_t>(std::min<std::uint64_t>(
                                          request.timeout_us, INT64_MAX / 2000)) *
                                          1000;
  }
  auto call = std::make_shared<IncomingCall>(connection, request, deadline);
  if (request.open) {
    call->receiver_ = std::make_unique<MessageReceiver>(
        calls_.outbox_, calls_.held_, id, calls_.settings_.window, calls_.settings_.max_message);
  }
  if (request.more) {
    call->assembly_.emplace("request", calls_.settings_.max_message, calls_.held_);
    fault = call->assembly_->Add(request.payload);
  } else {
    fault = Hold(*call, request.payload.size());
  }
  if (fault.has_value()) {
    calls_.answers_.Refuse(id, *std::move(fault));
    return nullptr;
  }
  calls_.Put(call);
  if (deadline.has_value()) {
    call->timer_ = calls_.timers_.At(*deadline, [&calls = calls_, call] {
      calls.Stop(*call, Fault(wire_code::kDeadlineExceeded, "the caller's time-out passed"));
      calls.flush_();
    });
  }
  return request.more ? nullptr : call;
}

std::optional<StatusMessage> Arrivals::FaultOf(const Envelope& request) {
  if (!calls_.streams_ && (request.open || request.more)) {
    return Fault(wire_code::kUnimplemented,
                 "H-3: streams and fragments are above the level agreed");
  }
  const std::size_t in_flight = calls_.table_.size() + calls_.answers_.Unwritten();
  if (in_flight >= calls_.settings_.max_calls) {
    return Fault(wire_code::kUnavailable,
                 "C-4: " + std::to_string(in_flight) + " calls are in flight, the limit");
  }
  if (request.open && !request.payload.empty()) {
    return Fault(wire_code::kInvalidArgument, "C-6: a REQUEST that opens a stream has a payload");
  }
  if (request.payload.size() > calls_.settings_.max_message) {
    return TooLarge("request", request.payload.size(), calls_.settings_.max_message);
  }
  return std::nullopt;
}

std::optional<StatusMessage> Arrivals::Hold(IncomingCall& call, std::size_t bytes) {
  std::optional<StatusMessage> fault = calls_.held_.Take(bytes);
  if (!fault.has_value()) {
    call.holds_ = bytes;
  }
  return fault;
}

std::shared_ptr<IncomingCall> Arrivals::Continuation(Envelope& request) {
  std::shared_ptr<IncomingCall> call;
  std::optional<StatusMessage> fault;
  {
    std::lock_guard<std::mutex> lock(calls_.mutex_);
    call = Find(request);
    if (call == nullptr) {
      return nullptr;
    }
    if (!call->assembly_.has_value()) {
      fault =
          Fault(wire_code::kInternal, "F-9: a REQUEST without a name, but the request is whole");
    } else {
      fault = call->assembly_->Add(request.payload);
      if (!fault.has_value() && request.more) {
        return nullptr;
      }
      if (!fault.has_value()) {
        whole_ = call->assembly_->Finish();
        call->assembly_.reset();
        call->whole_ = &whole_;
        request.payload = whole_;
        fault = Hold(*call, request.payload.size());
      }
    }
  }
  if (fault.has_value()) {
    calls_.Stop(*call, *fault);
    return nullptr;
  }
  return call;
}

std::optional<StatusMessage> Arrivals::StreamFault(const IncomingCall& call) {
  if (call.assembly_.has_value()) {
    return Fault(wire_code::kInternal, "F-9: a frame stands between the parts of a REQUEST");
  }
  if (call.receiver_ == nullptr) {
    return Fault(wire_code::kInternal,
                 "C-6: a message came for a call that was not opened for any");
  }
  if (call.caller_done_) {
    return Fault(wire_code::kInternal, "C-6: a message came after END");
  }
  return std::nullopt;
}

void Arrivals::Message(Envelope& frame) {
  std::shared_ptr<IncomingCall> call;
  std::optional<StatusMessage> fault;
  std::uint64_t cost = 0;
  {
    std::lock_guard<std::mutex> lock(calls_.mutex_);
    call = Find(frame);
    if (call == nullptr || call->stop_.has_value() || call->answered_) {
      return;
    }
    fault = StreamFault(*call);
    if (!fault.has_value()) {
      fault = call->receiver_->Arrived(frame, whole_, cost);
      if (!fault.has_value() && frame.more) {
        return;
      }
    }
  }
  if (fault.has_value()) {
    calls_.Stop(*call, *fault);
  } else if (const auto requests = call->requests_.lock()) {
    requests->Message(frame, cost);
  }
}

void Arrivals::End(const Envelope& frame) {
  std::shared_ptr<IncomingCall> call;
  std::optional<StatusMessage> fault;
  {
    std::lock_guard<std::mutex> lock(calls_.mutex_);
    call = Find(frame);
    if (call == nullptr || call->stop_.has_value() || call->answered_) {
      return;
    }
    fault = StreamFault(*call);
    if (!fault.has_value() && call->receiver_->mid_message()) {
      fault = Fault(wire_code::kInternal, "F-9: END stands between the parts of a MESSAGE");
    }
    call->caller_done_ = true;
  }
  if (fault.has_value()) {
    calls_.Stop(*call, *fault);
  } else if (const auto requests = call->requests_.lock()) {
    requests->End();
  }
}

void Arrivals::Credit(const Envelope& frame) {
  std::lock_guard<std::mutex> lock(calls_.mutex_);
  const std::shared_ptr<IncomingCall> call = Find(frame);
  if (call != nullptr) {
    calls_.SenderOf(*call).Grant(frame.credit);
  }
}

void Arrivals::Cancel(const Envelope& frame) {
  IncomingCalls::Listeners listeners;
  std::shared_ptr<IncomingCall> call;
  {
    std::lock_guard<std::mutex> lock(calls_.mutex_);
    call = Find(frame);
    if (call != nullptr) {
      listeners = calls_.Stopping(
          *call, Fault(wire_code::kCancelled, "X-1: the caller cancelled the call"));
    }
  }
  for (const auto& listener : listeners) {
    listener();
  }
}

std::shared_ptr<IncomingCall> Arrivals::Find(const Envelope& frame) const {
  const bool theirs = !Opens(calls_.side_, frame.id);
  if (!theirs || frame.id == 0 || frame.id > calls_.mark_) {
    throw WireError("C-2", wire_code::kInternal,
                    ToString(frame.type) + " for call " + std::to_string(frame.id) +
                        ", which the peer never opened");
  }
  return calls_.table_.Share(frame.id);
}

}  // namespace parley
