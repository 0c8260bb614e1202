#include <chrono>
#include <new>
#include <system_error>
#include <utility>

#include "connection/loop.h"
#include "connection/step_aside.h"

// The threads of a loop: which of them leads, and what becomes of one whose job takes long.

namespace parley {
namespace {

// How long a thread without anything to lead stays.
constexpr std::chrono::seconds kIdle{10};
// While others wait, it is looked after so many jobs whether they took longer than they should.
constexpr std::size_t kJobsALook = 4;
constexpr std::int64_t kLongJobs = kJobsALook * 50'000;

}  // namespace

Job::~Job() = default;

struct Loop::Leader {
  Loop* loop = nullptr;
  /// The turn of the job that this thread is in; even: in none.
  std::uint64_t turn = 0;

  static Leader& Of() {
    static thread_local Leader leader;
    return leader;
  }
};

std::shared_ptr<Loop> Loop::Start() {
  std::shared_ptr<Loop> loop(new Loop());
  loop->monitor_->Add(*loop);
  std::lock_guard<std::mutex> lock(loop->mutex_);
  loop->vacant_ = true;
  loop->Enlist();
  return loop;
}

Loop::~Loop() { Stop(); }

void Loop::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      return;
    }
    stopped_ = true;
    stopping_ = true;
    called_.notify_all();
  }
  poller_.Wakeup();
  {
    std::unique_lock<std::mutex> lock(mutex_);
    gone_.wait(lock, [this] { return threads_.empty(); });
  }
  monitor_->Forget(*this);
  for (std::thread& thread : gone_threads_) {
    thread.join();
  }
  gone_threads_.clear();
  // The calls that they are for have ended, so none of them begins.
  for (; !jobs_.empty(); jobs_.pop_front()) {
    jobs_.front()->Run();
  }
  entries_.clear();
  ticked_.clear();
  staged_.clear();
  warm_.clear();
  again_.clear();
  active_.reset();
  RunTasks();
}

void Loop::Enlist() {
  const auto place = threads_.emplace(threads_.end());
  try {
    *place = std::thread(&Loop::Serve, this, place);
    ++idle_;
  } catch (const std::system_error&) {
    threads_.erase(place);
    throw;
  }
}

void Loop::Serve(std::list<std::thread>::iterator self) {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    const bool called = called_.wait_for(lock, kIdle, [this] { return vacant_ || stopped_; });
    if (stopped_ || (!called && standing_by_ < idle_)) {
      break;
    }
    if (vacant_) {
      vacant_ = false;
      --idle_;
      lock.unlock();
      Lead();
      lock.lock();
      ++idle_;
    }
  }
  --idle_;
  gone_threads_.splice(gone_threads_.end(), threads_, self);
  gone_.notify_all();
}

bool Loop::CallSpare() {
  std::list<std::thread> gone;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    gone.swap(gone_threads_);
    if (idle_ <= standing_by_) {
      try {
        Enlist();
      } catch (const std::system_error&) {
        // Out of threads: the job keeps the one that there is.
        gone_threads_.swap(gone);
        return false;
      }
    }
    ++standing_by_;
  }
  for (std::thread& thread : gone) {
    thread.join();
  }
  return true;
}

void Loop::Relieve(std::uint64_t turn) {
  if (turn_.load() != turn || !CallSpare()) {
    return;
  }
  std::shared_ptr<Job> job;
  const bool relieved = turn_.compare_exchange_strong(turn, turn + 1);
  if (relieved) {
    // The loop is this thread's for a moment, and nobody leads.
    job = std::move(job_);
    if (const std::shared_ptr<Connection> unflushed = TakeUnflushed()) {
      unflushed->FlushSafely();
    }
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    --standing_by_;
    vacant_ = vacant_ || relieved;
    called_.notify_one();
  }
  if (relieved) {
    job->Overran();
  }
}

void StepAside() {
  Loop::Leader& self = Loop::Leader::Of();
  if (self.loop != nullptr && Loop::IsInJob(self.turn)) {
    // Relieved by this or by the monitor; only if no thread is to be had it leads on.
    self.loop->Relieve(self.turn);
  }
}

void Loop::Lead() {
  Leader& self = Leader::Of();
  self.loop = this;
  self.turn = turn_.load();
  while (!stopping_) {
    if (!RunJobs()) {
      return;
    }
    if (GoOn()) {
      continue;
    }
    FlushStaged();
    RunTimers();
    if (has_tasks_.load()) {
      // What has come before a task was left, an end for example, counts before it.
      if (!std::exchange(looked_, true) && Dispatch(std::chrono::nanoseconds(0)) > 0) {
        continue;
      }
      looked_ = false;
      RunTasks();
      continue;
    }
    TickAll();
    if (jobs_.empty() && staged_.empty() && again_.empty() && !PollBusily()) {
      Sleep();
    }
  }
  self.loop = nullptr;
}

bool Loop::RunJobs() {
  while (!jobs_.empty()) {
    job_ = std::move(jobs_.front());
    jobs_.pop_front();
    const std::shared_ptr<Job> looked = ++jobs_run_ >= kJobsALook ? job_ : nullptr;
    if (!RunJob()) {
      return false;
    }
    if (looked == nullptr) {
      continue;
    }
    jobs_run_ = 0;
    const std::int64_t now = Now();
    if (looked_at_ != 0 && now - looked_at_ > kLongJobs) {
      // They are not that short after all, and keep others waiting.
      looked->Overran();
      FlushStaged();
    }
    looked_at_ = now;
  }
  return true;
}

bool Loop::GoOn() {
  if (again_.empty()) {
    return false;
  }
  std::vector<std::shared_ptr<Connection>> again;
  again.swap(again_);
  for (std::shared_ptr<Connection>& connection : again) {
    if (connection->Look() == Connection::Seen::kOthersRead && connection->FramesWait()) {
      // Whoever has the role takes them, or gives it up at once.
      std::this_thread::yield();
      again_.push_back(std::move(connection));
    }
  }
  return true;
}

bool Loop::RunJob() {
  Leader& self = Leader::Of();
  const std::shared_ptr<Job> job = job_;
  const std::uint64_t turn = self.turn + 1;
  self.turn = turn;
  turn_.store(turn);
  monitor_->Entered();
  job->Run();
  std::uint64_t expected = turn;
  if (turn_.compare_exchange_strong(expected, turn + 1)) {
    self.turn = turn + 1;
    job_.reset();
    if (const std::shared_ptr<Connection> unflushed = TakeUnflushed()) {
      FlushLater(*unflushed);
    }
    return true;
  }
  self.loop = nullptr;
  self.turn = 0;
  return false;
}

bool Loop::IsLedHere() const {
  const Leader& self = Leader::Of();
  return self.loop == this && !IsInJob(self.turn);
}

bool Loop::IsInJobHere() const {
  const Leader& self = Leader::Of();
  return self.loop == this && IsInJob(self.turn) && turn_.load() == self.turn;
}

bool Loop::Post(const std::shared_ptr<Job>& job) {
  if (!IsLedHere()) {
    return false;
  }
  jobs_.push_back(job);
  return true;
}

bool Loop::FlushLater(Connection& connection) {
  const Leader& self = Leader::Of();
  if (self.loop != this) {
    return false;
  }
  if (!IsInJob(self.turn)) {
    if (connection.Stage()) {
      staged_.push_back(connection.shared_from_this());
    }
    return true;
  }
  std::lock_guard<std::mutex> lock(unflushed_mutex_);
  // Whoever relieves this job takes the turn first and then what is unflushed.
  if (turn_.load() != self.turn || (unflushed_ != nullptr && unflushed_.get() != &connection)) {
    return false;
  }
  if (unflushed_ == nullptr) {
    unflushed_ = connection.shared_from_this();
  }
  return true;
}

std::shared_ptr<Connection> Loop::TakeUnflushed() {
  std::lock_guard<std::mutex> lock(unflushed_mutex_);
  return std::move(unflushed_);
}

void Loop::FlushStaged() {
  // A flush may tell somebody who leaves more to be flushed.
  for (std::size_t i = 0; i < staged_.size(); ++i) {
    staged_[i]->FlushStaged();
  }
  staged_.clear();
}

}  // namespace parley
