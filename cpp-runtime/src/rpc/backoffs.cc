#include "rpc/backoffs.h"

#include <new>

namespace parley {

bool Backoffs::Await(const std::shared_ptr<ClientCall>& call, std::int64_t due) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (ended_) {
    return false;
  }
  // The timer holds nothing, so that it may outlive the call and be dropped under the lock.
  const Timers::Ticket timer = timers_->At(due, [held = weak_from_this(), raw = call.get()] {
    if (const std::shared_ptr<Backoffs> alive = held.lock()) {
      alive->Due(raw);
    }
  });
  waiting_[call.get()] = {call, timer};
  return true;
}

void Backoffs::Drop(ClientCall& call) { Take(&call); }

std::shared_ptr<ClientCall> Backoffs::Take(ClientCall* call) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = waiting_.find(call);
  if (place == waiting_.end()) {
    return nullptr;
  }
  std::shared_ptr<ClientCall> taken = std::move(place->second.call);
  timers_->Cancel(place->second.timer);
  waiting_.erase(place);
  return taken;
}

void Backoffs::Due(ClientCall* call) {
  if (const std::shared_ptr<ClientCall> taken = Take(call)) {
    try {
      taken->TryAgain();
    } catch (const std::bad_alloc&) {
      taken->Fail(Status(Code::kResourceExhausted, "out of memory for another attempt"),
                  Outcome::kNotSent);
    }
  }
}

void Backoffs::End() {
  std::map<ClientCall*, Waiting> waiting;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    waiting.swap(waiting_);
  }
  for (const auto& [raw, each] : waiting) {
    timers_->Cancel(each.timer);
    each.call->TryAgain();
  }
}

}  // namespace parley
