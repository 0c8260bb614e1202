#include "connection/borrowed_executor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "connection/timers.h"

namespace parley {
namespace {

// How long a task waits before somebody looks why.
constexpr std::int64_t kPatience = 5'000'000;

}  // namespace

Executor::~Executor() = default;

std::shared_ptr<TaskRunner> RunnerOf(std::shared_ptr<Executor> executor, std::size_t most) {
  if (executor == nullptr) {
    return std::make_shared<Workers>(most);
  }
  return std::make_shared<BorrowedExecutor>(std::move(executor), most);
}

BorrowedExecutor::BorrowedExecutor(std::shared_ptr<Executor> executor, std::size_t most)
    : executor_(std::move(executor)),
      threads_(BorrowedThreads::Of(*executor_)),
      most_(most),
      loop_(SharedLoop::Get()),
      spare_(2 * most) {}

BorrowedExecutor::~BorrowedExecutor() = default;

std::optional<TaskRunner::Ticket> BorrowedExecutor::Submit(std::function<void()> task) {
  Ticket ticket = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_ || waiting_.size() + active_ >= most_) {
      return std::nullopt;
    }
    ticket = ++last_ticket_;
    waiting_.push_back({ticket, std::move(task), MonotonicNow(), std::this_thread::get_id()});
    if (!watched_) {
      Watch();
    }
  }
  const bool taken =
      executor_->Execute([self = shared_from_this(), ticket] { self->Begin(ticket); });
  std::function<void()> dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = Find(ticket);
  if (place == waiting_.end()) {
    return ticket;
  }
  place->handing_over = std::thread::id();
  if (taken) {
    return ticket;
  }
  dropped = std::move(place->run);
  waiting_.erase(place);
  return std::nullopt;
}

bool BorrowedExecutor::IsBusy() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return active_ > 0 || !waiting_.empty();
}

void BorrowedExecutor::Withdraw(Ticket ticket) {
  std::function<void()> dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = Find(ticket);
  if (place != waiting_.end()) {
    dropped = std::move(place->run);
    waiting_.erase(place);
  }
}

BorrowedExecutor::Tasks::iterator BorrowedExecutor::Find(Ticket ticket) {
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [ticket](const Task& task) { return task.ticket == ticket; });
}

std::function<void()> BorrowedExecutor::Take(Tasks::iterator task) {
  std::function<void()> run = std::move(task->run);
  waiting_.erase(task);
  ++active_;
  threads_->Taken();
  return run;
}

void BorrowedExecutor::Begin(Ticket ticket) {
  std::function<void()> task;
  bool moves = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto place = Find(ticket);
    if (place == waiting_.end()) {
      return;
    }
    moves = place->handing_over == std::this_thread::get_id();
    task = Take(place);
  }
  if (moves) {
    Move(std::move(task));
  } else {
    Run(task);
  }
}

void BorrowedExecutor::Move(std::function<void()> task) {
  const auto run = [this, task = std::move(task)] { Run(task); };
  // Its bound is out of reach: it refuses only if the system gives no thread at all.
  if (!spare_.Submit(run).has_value()) {
    run();
  }
}

void BorrowedExecutor::Run(const std::function<void()>& task) {
  const BorrowedThreads::Place self = threads_->Begun();
  task();
  threads_->Ended(self);
  std::lock_guard<std::mutex> lock(mutex_);
  --active_;
  ended_.notify_all();
}

void BorrowedExecutor::Watch() {
  watched_ = true;
  loop_->loop()->At(MonotonicNow() + kPatience, [held = weak_from_this()] {
    if (const std::shared_ptr<BorrowedExecutor> alive = held.lock()) {
      alive->Look();
    }
  });
}

void BorrowedExecutor::Look() {
  std::function<void()> relieved;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.empty() || loop_ == nullptr) {
      watched_ = false;
      return;
    }
    const std::int64_t waited = MonotonicNow() - waiting_.front().handed_over_at;
    if (waited >= kPatience && threads_->AllSleep(waited)) {
      relieved = Take(waiting_.begin());
    }
    Watch();
  }
  if (relieved != nullptr) {
    Move(std::move(relieved));
  }
}

void BorrowedExecutor::Stop() {
  std::shared_ptr<SharedLoop> loop;
  std::vector<std::function<void()>> left;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    loop.swap(loop_);
    while (!waiting_.empty()) {
      left.push_back(Take(waiting_.begin()));
    }
  }
  for (std::function<void()>& task : left) {
    Move(std::move(task));
  }
  {
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [this] { return active_ == 0; });
  }
  spare_.Stop();
}

}  // namespace parley
