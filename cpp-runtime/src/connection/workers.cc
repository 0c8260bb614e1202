#include "connection/workers.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "connection/step_aside.h"

namespace parley {
namespace {

// How long nothing ends before running tasks are taken to block.
constexpr std::chrono::milliseconds kStall{1};
// How long a thread without work stays.
constexpr std::chrono::seconds kIdle{10};

}  // namespace

TaskRunner::~TaskRunner() = default;

Workers::Workers(std::size_t most)
    : most_(most),
      least_allowed_(std::max<std::size_t>(2, std::thread::hardware_concurrency())),
      allowed_(least_allowed_) {}

Workers::~Workers() { Stop(); }

void Workers::Stop() {
  StepAside();
  std::unique_lock<std::mutex> lock(mutex_);
  stopping_ = true;
  called_.notify_all();
  stall_.notify_all();
  gone_.wait(lock, [this] { return threads_.empty() && taken_ == 0; });
  for (std::thread& gone : gone_threads_) {
    gone.join();
  }
  gone_threads_.clear();
}

std::optional<Workers::Ticket> Workers::Submit(std::function<void()> task) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_ || taken_ >= most_) {
    return std::nullopt;
  }
  ++taken_;
  tasks_.push_back({++last_ticket_, std::move(task)});
  Serve();
  if (threads_.empty()) {
    // No thread could be made at all.
    tasks_.pop_back();
    --taken_;
    return std::nullopt;
  }
  return last_ticket_;
}

void Workers::Withdraw(Ticket ticket) {
  std::function<void()> dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = std::find_if(tasks_.begin(), tasks_.end(),
                                  [ticket](const Task& task) { return task.ticket == ticket; });
  if (place != tasks_.end()) {
    dropped = std::move(place->run);
    tasks_.erase(place);
    --taken_;
  }
}

bool Workers::BeginHere() {
  // Counted before the look: Stop says that it stops before it looks at the count.
  if (taken_.fetch_add(1) < most_ && !stopping_) {
    return true;
  }
  EndHere();
  return false;
}

void Workers::EndHere() {
  taken_.fetch_sub(1);
  if (stopping_) {
    std::lock_guard<std::mutex> lock(mutex_);
    gone_.notify_all();
  }
}

void Workers::Serve() {
  const std::size_t coming = calls_ + starting_;
  if (!tasks_.empty() && (active_ + coming < allowed_ || (coming == 0 && !watched_))) {
    Call();
  }
}

void Workers::Call() {
  if (idle_ > 0) {
    --idle_;
    ++calls_;
    called_.notify_one();
    return;
  }
  for (std::thread& gone : gone_threads_) {
    gone.join();
  }
  gone_threads_.clear();
  if (threads_.size() >= most_ + 1) {
    return;
  }
  const auto place = threads_.emplace(threads_.end());
  try {
    *place = std::thread(&Workers::Work, this, place);
    ++starting_;
  } catch (const std::system_error&) {
    // Out of threads: those that are there go on.
    threads_.erase(place);
  }
}

void Workers::Work(std::list<std::thread>::iterator self) {
  std::unique_lock<std::mutex> lock(mutex_);
  --starting_;
  for (;;) {
    if (MayRun()) {
      std::function<void()> run = std::move(tasks_.front().run);
      tasks_.pop_front();
      ++active_;
      Serve();
      lock.unlock();
      run();
      run = nullptr;
      lock.lock();
      --active_;
      --taken_;
      ++ended_;
      if (tasks_.empty()) {
        allowed_ = std::max(least_allowed_, active_);
        growth_ = 1;
      }
      continue;
    }
    if (stopping_ && tasks_.empty()) {
      break;
    }
    if (!tasks_.empty() && !watched_) {
      Watch(lock);
      continue;
    }
    ++idle_;
    const bool called = called_.wait_for(lock, kIdle, [this] { return calls_ > 0 || stopping_; });
    if (calls_ > 0) {
      --calls_;
    } else {
      --idle_;
      if (!called) {
        break;
      }
    }
  }
  gone_threads_.splice(gone_threads_.end(), threads_, self);
  gone_.notify_all();
}

void Workers::Watch(std::unique_lock<std::mutex>& lock) {
  const std::uint64_t ended = ended_;
  watched_ = true;
  stall_.wait_for(lock, kStall);
  watched_ = false;
  if (tasks_.empty() || ended_ != ended || active_ < allowed_) {
    return;
  }
  allowed_ = std::min(most_, active_ + growth_);
  // This thread takes one of the tasks itself.
  for (std::size_t i = 1; i < std::min(growth_, tasks_.size()); ++i) {
    Call();
  }
  growth_ = std::min<std::size_t>(growth_ * 2, 64);
}

}  // namespace parley
