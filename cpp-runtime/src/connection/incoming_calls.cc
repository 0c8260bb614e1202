#include "connection/incoming_calls.h"

#include <algorithm>
#include <utility>

#include "connection/connection.h"
#include "connection/fault.h"
#include "connection/pieces.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {

IncomingCalls::IncomingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, HeldBytes& held,
                             Side side, const Settings& settings, std::function<void()> flush)
    : mutex_(mutex),
      outbox_(outbox),
      timers_(timers),
      held_(held),
      side_(side),
      settings_(settings),
      flush_(std::move(flush)),
      answers_(outbox, settings.max_calls, [this](IncomingCall& call) { End(call); }) {}

void IncomingCalls::Open(const HelloMessage& peer, bool streams) {
  std::lock_guard<std::mutex> lock(mutex_);
  answers_.Open(peer, streams);
  window_ = peer.window;
  max_message_ = peer.max_message;
  frame_limit_ = Pieces::FrameLimit(peer.max_frame);
  streams_ = streams;
}

bool IncomingCalls::streams() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return streams_;
}

std::shared_ptr<IncomingCall> IncomingCalls::Find(const Envelope& frame) const {
  const bool theirs = (frame.id & 1) == (side_ == Side::kConnecting ? 0u : 1u);
  if (!theirs || frame.id == 0 || frame.id > mark_) {
    throw WireError("C-2", wire_code::kInternal,
                    ToString(frame.type) + " for call " + std::to_string(frame.id) +
                        ", which the peer never opened");
  }
  return table_.Share(frame.id);
}

std::shared_ptr<IncomingCall> IncomingCalls::Request(const std::shared_ptr<Connection>& connection,
                                                     Envelope& request) {
  return request.name.empty() ? Continuation(request) : NewRequest(connection, request);
}

std::shared_ptr<IncomingCall> IncomingCalls::NewRequest(
    const std::shared_ptr<Connection>& connection, const Envelope& request) {
  std::lock_guard<std::mutex> lock(mutex_);
  const std::uint64_t id = request.id;
  const bool theirs = (id & 1) == (side_ == Side::kConnecting ? 0u : 1u);
  if (id == 0 || id > limits::kMaxId || !theirs) {
    throw WireError("C-1", wire_code::kInternal,
                    "REQUEST with id " + std::to_string(id) + ", wanted " +
                        (side_ == Side::kConnecting ? "an even" : "an odd") +
                        " one from 1 to 2^63-1");
  }
  if (id <= mark_) {
    throw WireError(
        "C-2", wire_code::kInternal,
        "REQUEST with id " + std::to_string(id) + " is not above " + std::to_string(mark_));
  }
  mark_ = id;
  if (id > last_taken_) {
    return nullptr;
  }
  std::optional<StatusMessage> fault = FaultOf(request);
  if (fault.has_value()) {
    answers_.Refuse(id, *std::move(fault));
    return nullptr;
  }
  std::optional<std::int64_t> deadline;
  if (request.timeout_us > 0 && request.timeout_us < limits::kNoTimeout) {
    deadline = timers_.Now() + static_cast<std::int64_t>(
                                   std::min<std::uint64_t>(request.timeout_us, INT64_MAX / 2000)) *
                                   1000;
  }
  auto call = std::make_shared<IncomingCall>(connection, request, deadline);
  if (request.open) {
    call->receiver_ = std::make_unique<MessageReceiver>(outbox_, held_, id, settings_.window,
                                                        settings_.max_message);
  }
  if (request.more) {
    call->assembly_.emplace("request", settings_.max_message, held_);
    fault = call->assembly_->Add(request.payload);
  } else {
    fault = Hold(*call, request.payload.size());
  }
  if (fault.has_value()) {
    answers_.Refuse(id, *std::move(fault));
    return nullptr;
  }
  table_.Put(id, call);
  if (deadline.has_value()) {
    call->timer_ = timers_.At(*deadline, [this, call] {
      Stop(*call, Fault(wire_code::kDeadlineExceeded, "the caller's time-out passed"));
      flush_();
    });
  }
  return request.more ? nullptr : call;
}

std::optional<StatusMessage> IncomingCalls::FaultOf(const Envelope& request) {
  if (!streams_ && (request.open || request.more)) {
    return Fault(wire_code::kUnimplemented,
                 "H-3: streams and fragments are above the level agreed");
  }
  const std::size_t in_flight = table_.size() + answers_.Unwritten();
  if (in_flight >= settings_.max_calls) {
    return Fault(wire_code::kUnavailable,
                 "C-4: " + std::to_string(in_flight) + " calls are in flight, the limit");
  }
  if (request.open && !request.payload.empty()) {
    return Fault(wire_code::kInvalidArgument, "C-6: a REQUEST that opens a stream has a payload");
  }
  if (request.payload.size() > settings_.max_message) {
    return TooLarge("request", request.payload.size(), settings_.max_message);
  }
  return std::nullopt;
}

std::optional<StatusMessage> IncomingCalls::Hold(IncomingCall& call, std::size_t bytes) {
  std::optional<StatusMessage> fault = held_.Take(bytes);
  if (!fault.has_value()) {
    call.holds_ = bytes;
  }
  return fault;
}

std::shared_ptr<IncomingCall> IncomingCalls::Continuation(Envelope& request) {
  std::shared_ptr<IncomingCall> call;
  std::optional<StatusMessage> fault;
  {
    std::lock_guard<std::mutex> lock(mutex_);
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
        request.payload = whole_;
        fault = Hold(*call, whole_.size());
      }
    }
  }
  if (fault.has_value()) {
    Stop(*call, *fault);
    return nullptr;
  }
  return call;
}

std::optional<StatusMessage> IncomingCalls::StreamFault(const IncomingCall& call) {
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

void IncomingCalls::Message(Envelope& frame) {
  std::shared_ptr<IncomingCall> call;
  std::optional<StatusMessage> fault;
  std::uint64_t cost = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
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
    Stop(*call, *fault);
  } else if (const auto requests = call->requests_.lock()) {
    requests->Message(frame, cost);
  }
}

void IncomingCalls::End(const Envelope& frame) {
  std::shared_ptr<IncomingCall> call;
  std::optional<StatusMessage> fault;
  {
    std::lock_guard<std::mutex> lock(mutex_);
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
    Stop(*call, *fault);
  } else if (const auto requests = call->requests_.lock()) {
    requests->End();
  }
}

void IncomingCalls::Credit(const Envelope& frame) {
  std::lock_guard<std::mutex> lock(mutex_);
  const std::shared_ptr<IncomingCall> call = Find(frame);
  if (call != nullptr) {
    SenderOf(*call).Grant(frame.credit);
  }
}

void IncomingCalls::Cancel(const Envelope& frame) {
  Listeners listeners;
  std::shared_ptr<IncomingCall> call;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    call = Find(frame);
    if (call != nullptr) {
      listeners =
          Stopping(*call, Fault(wire_code::kCancelled, "X-1: the caller cancelled the call"));
    }
  }
  for (const auto& listener : listeners) {
    listener();
  }
}

void IncomingCalls::Stop(IncomingCall& call, const StatusMessage& why) {
  Listeners listeners;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // Only CANCEL may cut an answer that is on its way: whoever still waits would take it for
    // whole.
    if (!call.answered_) {
      listeners = Stopping(call, why);
    }
  }
  for (const auto& listener : listeners) {
    listener();
  }
}

IncomingCalls::Listeners IncomingCalls::Stopping(IncomingCall& call, const StatusMessage& why) {
  Listeners listeners;
  if (call.stop_.has_value() || call.state_ == IncomingCall::State::kEnded) {
    return listeners;
  }
  call.stop_ = why;
  if (call.state_ == IncomingCall::State::kQueued) {
    answers_.Stopped(call, why);
  } else {
    call.state_ = IncomingCall::State::kStopped;
    Release(call);
  }
  listeners.swap(call.listeners_);
  return listeners;
}

bool IncomingCalls::Begin(IncomingCall& call) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (call.state_ != IncomingCall::State::kQueued) {
    return false;
  }
  call.state_ = IncomingCall::State::kRunning;
  return true;
}

MessageSender& IncomingCalls::SenderOf(IncomingCall& call) {
  if (call.sender_ == nullptr) {
    // The listener is the call's own, and goes with it.
    const std::weak_ptr<IncomingCall> held = table_.Share(call.id_);
    call.sender_ =
        std::make_shared<MessageSender>(outbox_, call.id_, window_, frame_limit_, [held] {
          const std::shared_ptr<IncomingCall> alive = held.lock();
          if (alive != nullptr && alive->sendable_) {
            alive->sendable_();
          }
        });
  }
  return *call.sender_;
}

Offer IncomingCalls::Try(IncomingCall& call, const OutgoingMessage& message) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (call.stop_.has_value() || call.answered_ || call.state_ == IncomingCall::State::kEnded) {
    return Offer::kOver;
  }
  if (message.size > max_message_) {
    // At once, so that no reply makes the rest look whole; told later, as a lock may be held.
    for (auto& listener : Stopping(call, TooLarge("message", message.size, max_message_))) {
      outbox_.Later(std::move(listener));
    }
    return Offer::kOver;
  }
  return SenderOf(call).Try(message);
}

void IncomingCalls::Consumed(IncomingCall& call, std::uint64_t cost) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (call.receiver_ != nullptr) {
    call.receiver_->Consumed(cost);
  }
}

bool IncomingCalls::MayAnswer(IncomingCall& call) {
  if (call.answered_ || call.state_ == IncomingCall::State::kEnded) {
    return false;
  }
  call.answered_ = true;
  if (call.receiver_ != nullptr) {
    call.receiver_->End();
  }
  return true;
}

void IncomingCalls::Reply(IncomingCall& call, const OutgoingMessage& message,
                          const std::vector<MetadataField>& metadata) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (MayAnswer(call)) {
    answers_.Reply(table_.Share(call.id_), message, metadata);
  }
}

void IncomingCalls::Fail(IncomingCall& call, StatusMessage status,
                         const std::vector<MetadataField>& metadata) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (MayAnswer(call)) {
    answers_.Fail(table_.Share(call.id_), std::move(status), metadata);
  }
}

std::optional<StatusMessage> IncomingCalls::WhyStopped(const IncomingCall& call) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return call.stop_;
}

void IncomingCalls::OnStop(IncomingCall& call, std::function<void()> listener) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!call.stop_.has_value()) {
      call.listeners_.push_back(std::move(listener));
      return;
    }
  }
  listener();
}

void IncomingCalls::ForgetListeners(IncomingCall& call) {
  Listeners dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  dropped.swap(call.listeners_);
}

std::uint64_t IncomingCalls::StopTaking() {
  last_taken_ = std::min(last_taken_, mark_);
  return last_taken_;
}

void IncomingCalls::Lost(const StatusMessage& why) {
  std::vector<std::shared_ptr<IncomingCall>> calls;
  std::vector<Listeners> listeners;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    last_taken_ = 0;
    calls = table_.RemoveAll();
    for (const std::shared_ptr<IncomingCall>& call : calls) {
      End(*call);
      held_.Give(std::exchange(call->holds_, 0));
      if (!call->stop_.has_value()) {
        call->stop_ = why;
        listeners.emplace_back(std::move(call->listeners_));
        call->listeners_.clear();
      }
    }
  }
  for (const Listeners& each : listeners) {
    for (const auto& listener : each) {
      listener();
    }
  }
}

void IncomingCalls::End(IncomingCall& call) {
  call.state_ = IncomingCall::State::kEnded;
  if (call.timer_.number != 0) {
    timers_.Cancel(call.timer_);
  }
  const std::shared_ptr<IncomingCall> held = table_.Remove(call.id_);
  if (held != nullptr) {
    held_.Give(std::exchange(call.holds_, 0));
  }
  if (call.assembly_.has_value()) {
    call.assembly_->Drop();
    call.assembly_.reset();
  }
  Release(call);
}

void IncomingCalls::Release(IncomingCall& call) {
  if (call.receiver_ != nullptr) {
    call.receiver_->End();
  }
  if (call.sender_ != nullptr) {
    call.sender_->Stop();
  }
}

}  // namespace parley
