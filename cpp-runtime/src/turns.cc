#include "turns.h"

#include <algorithm>
#include <utility>

namespace parley {

void Turns::Start(const std::shared_ptr<ClientCall>& call) {
  if (!call->KeepRequest()) {
    call->Fail(Status(Code::kInvalidArgument, "the request changed while it was written"),
               Outcome::kNotSent);
    return;
  }
  const std::weak_ptr<Turns> held = weak_from_this();
  call->OnEnd([held, raw = call.get()](const CallEnd&) {
    if (const std::shared_ptr<Turns> turns = held.lock()) {
      turns->Ended(raw);
    }
  });
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (current_ != nullptr) {
      waiting_.push_back(call);
      if (call->waits() == ClientCall::Waits::kNot && call->deadline().has_value()) {
        // Nobody else keeps its deadline while it waits.
        loop_->At(*call->deadline(), [held, raw = call.get()] {
          const std::shared_ptr<Turns> turns = held.lock();
          const std::shared_ptr<ClientCall> late = turns == nullptr ? nullptr : turns->Take(raw);
          if (late != nullptr) {
            late->Fail(Status(Code::kDeadlineExceeded,
                              "the time-out passed before the call could be started"),
                       Outcome::kNotSent);
          }
        });
      }
      return;
    }
    current_ = call.get();
  }
  start_(call);
}

std::shared_ptr<ClientCall> Turns::Take(ClientCall* call) {
  std::lock_guard<std::mutex> lock(mutex_);
  return TakeLocked(call);
}

std::shared_ptr<ClientCall> Turns::TakeLocked(ClientCall* call) {
  const auto place =
      std::find_if(waiting_.begin(), waiting_.end(),
                   [call](const std::shared_ptr<ClientCall>& one) { return one.get() == call; });
  if (place == waiting_.end()) {
    return nullptr;
  }
  std::shared_ptr<ClientCall> taken = std::move(*place);
  waiting_.erase(place);
  return taken;
}

void Turns::Ended(ClientCall* call) {
  // Outlives the lock: to let go of a call may end it.
  std::shared_ptr<ClientCall> gone;
  std::shared_ptr<ClientCall> next;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (current_ != call) {
      gone = TakeLocked(call);
      return;
    }
    if (waiting_.empty()) {
      current_ = nullptr;
      return;
    }
    next = std::move(waiting_.front());
    waiting_.pop_front();
    current_ = next.get();
  }
  // Not here: this may be the thread that reads.
  chores_->Submit([self = shared_from_this(), next] { self->start_(next); });
}

}  // namespace parley
