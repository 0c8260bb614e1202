#include "connection/monitor.h"

#include <chrono>
#include <system_error>

#include "connection/loop.h"

namespace parley {
namespace {

// Between two looks. A shorter one wakes too often beside calls that take microseconds.
constexpr std::chrono::milliseconds kTick{1};
// So many looks at which nothing had happened, and it goes to sleep.
constexpr int kQuietLooks = 2;

}  // namespace

std::shared_ptr<Monitor> Monitor::Get() {
  static std::mutex* const mutex = new std::mutex();
  static std::weak_ptr<Monitor>* const shared = new std::weak_ptr<Monitor>();
  std::lock_guard<std::mutex> lock(*mutex);
  std::shared_ptr<Monitor> monitor = shared->lock();
  if (monitor == nullptr) {
    monitor.reset(new Monitor());
    *shared = monitor;
  }
  return monitor;
}

Monitor::~Monitor() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    woken_.notify_all();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Monitor::Add(Loop& loop) {
  std::lock_guard<std::mutex> lock(mutex_);
  loops_[&loop] = 0;
}

void Monitor::Forget(Loop& loop) {
  std::lock_guard<std::mutex> lock(mutex_);
  loops_.erase(&loop);
}

void Monitor::Wake() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread(&Monitor::Watch, this);
    } catch (const std::system_error&) {
      // Without a thread to give, nothing could be relieved either.
      return;
    }
  }
  asleep_ = false;
  woken_.notify_one();
}

void Monitor::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  int quiet = 0;
  while (!stopping_) {
    quiet = Look() ? 0 : quiet + 1;
    if (quiet < kQuietLooks) {
      woken_.wait_for(lock, kTick);
      continue;
    }
    // Said before the last look: whoever enters behind it sees that it sleeps.
    asleep_ = true;
    if (Look()) {
      asleep_ = false;
      quiet = 0;
    } else {
      woken_.wait(lock, [this] { return stopping_ || !asleep_; });
    }
  }
}

bool Monitor::Look() {
  bool busy = false;
  for (auto& [loop, before] : loops_) {
    const std::uint64_t turn = loop->turn();
    if (turn != before) {
      before = turn;
      busy = true;
    } else if (Loop::IsInJob(turn)) {
      loop->Relieve(turn);
      busy = true;
    }
  }
  return busy;
}

}  // namespace parley
