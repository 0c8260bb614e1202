#include "connection/reading.h"

#include <algorithm>

namespace parley {

void Reading::Park(Waiter& waiter, const std::optional<std::int64_t>& until) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    parked_.push_back(&waiter);
    parked_count_.fetch_add(1);
  }
  // Linked before this look; who releases the role looks at the count behind it.
  if (!IsFree()) {
    waiter.Park(until);
  }
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = std::find(parked_.begin(), parked_.end(), &waiter);
  if (place != parked_.end()) {
    parked_.erase(place);
    parked_count_.fetch_sub(1);
  }
}

void Reading::CallNext() {
  if (!HasParked() || !IsFree()) {
    return;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  for (auto next = parked_.begin(); next != parked_.end();) {
    Waiter* const waiter = *next;
    next = parked_.erase(next);
    parked_count_.fetch_sub(1);
    if (!waiter->IsOver()) {
      // Under the lock, since it lives until it has taken it once more.
      waiter->Call();
      return;
    }
  }
}

}  // namespace parley
