#include "connection/incoming_calls.h"

#include <algorithm>
#include <utility>

#include "connection/fault.h"
#include "connection/long_message.h"
#include "connection/pieces.h"

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

Offer IncomingCalls::Try(IncomingCall& call, const OutgoingMessage& message,
                         std::string_view sent_by, std::uint64_t missed) {
  LongMessage early(outbox_.spare());
  if (LongMessage::IsLong(message) && Takes(call, message) && !early.Encode(message)) {
    return Offer::kChanged;
  }
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
  return SenderOf(call).Try(message, early, sent_by, missed);
}

bool IncomingCalls::Takes(IncomingCall& call, const OutgoingMessage& message) {
  std::lock_guard<std::mutex> lock(mutex_);
  return !call.stop_.has_value() && !call.answered_ && call.state_ != IncomingCall::State::kEnded &&
         message.size <= max_message_ && SenderOf(call).HasRoom();
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
  LongMessage early(outbox_.spare());
  if (LongMessage::IsLong(message)) {
    early.Encode(message);  // If it has changed, that is found out below once more.
  }
  std::lock_guard<std::mutex> lock(mutex_);
  if (MayAnswer(call)) {
    answers_.Reply(table_.Share(call.id_), message, early, metadata);
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
    open_.store(0);
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

void IncomingCalls::Put(const std::shared_ptr<IncomingCall>& call) {
  table_.Put(call->id_, call);
  open_.store(table_.size());
}

void IncomingCalls::End(IncomingCall& call) {
  call.state_ = IncomingCall::State::kEnded;
  if (call.timer_.number != 0) {
    timers_.Cancel(call.timer_);
  }
  const std::shared_ptr<IncomingCall> held = table_.Remove(call.id_);
  open_.store(table_.size());
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
