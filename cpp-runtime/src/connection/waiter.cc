#include "parley/connection/waiter.h"

#include <algorithm>
#include <chrono>

#include "connection/timers.h"

namespace parley {
namespace {

// A year, so that the clock's own arithmetic does not overflow.
constexpr std::int64_t kLongest = std::int64_t{365} * 24 * 3600 * 1'000'000'000;

}  // namespace

void Waiter::Park(const std::optional<std::int64_t>& until) {
  std::unique_lock<std::mutex> lock(mutex_);
  // Counted before the look: whoever finishes or calls does so before it looks at the count.
  parked_.fetch_add(1);
  const auto woken = [this] { return over_.load() || called_.exchange(false); };
  if (!until.has_value()) {
    woken_.wait(lock, woken);
  } else {
    const std::int64_t left = std::min(*until - MonotonicNow(), kLongest);
    if (left > 0) {
      woken_.wait_for(lock, std::chrono::nanoseconds(left), woken);
    }
  }
  parked_.fetch_sub(1);
}

void Waiter::Wake() {
  std::lock_guard<std::mutex> lock(mutex_);
  woken_.notify_all();
}

}  // namespace parley
