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
        // Nobody else keeps its deadline while it waits; afterwards this finds it ended, or on its
        // way with a deadline of its own.
        loop_->At(*call->deadline(), [late = std::weak_ptr<ClientCall>(call)] {
          if (const std::shared_ptr<ClientCall> waits = late.lock()) {
            waits->Fail(Status(Code::kDeadlineExceeded,
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

void Turns::Ended(ClientCall* call) {
  std::shared_ptr<ClientCall> next;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (current_ != call) {
      const auto place =
          std::find_if(waiting_.begin(), waiting_.end(),
                       [call](const std::shared_ptr<ClientCall>& one) { return one.get() == call; });
      if (place != waiting_.end()) {
        waiting_.erase(place);
      }
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
