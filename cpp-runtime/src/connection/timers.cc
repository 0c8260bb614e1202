#include "connection/timers.h"

#include <chrono>

namespace parley {

std::int64_t MonotonicNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Timers::Ticket TimerQueue::Add(std::int64_t when, std::function<void()> task, bool* first) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Timers::Ticket ticket{when, ++last_number_};
  const auto place = tasks_.emplace(ticket, std::move(task)).first;
  if (first != nullptr) {
    *first = place == tasks_.begin();
  }
  SetNext();
  return ticket;
}

void TimerQueue::Cancel(const Timers::Ticket& ticket) {
  // What the task holds may end with it, and must not do so under the lock: declared first, it
  // outlives the lock.
  std::function<void()> dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = tasks_.find(ticket);
  if (place != tasks_.end()) {
    dropped = std::move(place->second);
    tasks_.erase(place);
    SetNext();
  }
}

void TimerQueue::RunDue(std::int64_t now) {
  for (;;) {
    std::function<void()> task;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (tasks_.empty() || tasks_.begin()->first.when > now) {
        return;
      }
      task = std::move(tasks_.begin()->second);
      tasks_.erase(tasks_.begin());
      SetNext();
    }
    task();
  }
}

}  // namespace parley
