#ifndef PARLEY_CONNECTION_WORKERS_H_
#define PARLEY_CONNECTION_WORKERS_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

namespace parley {

/// What handlers run on. Safe for use by many threads.
class TaskRunner {
 public:
  /// Names a task that waits.
  using Ticket = std::uint64_t;

  virtual ~TaskRunner();

  /// Has the task run soon by some other thread; empty when the bound is reached. A task must not
  /// throw.
  virtual std::optional<Ticket> Submit(std::function<void()> task) = 0;

  /// Drops a task that still waits; without effect once it runs.
  virtual void Withdraw(Ticket ticket) = 0;

  /// Counts a task that the calling thread is about to run itself, because it can: until EndHere.
  /// False if that is not wanted, or the bound is reached; then it has to be submitted.
  virtual bool BeginHere() { return false; }
  virtual void EndHere() {}

  /// Whether a task runs or waits.
  virtual bool IsBusy() const = 0;

  /// Runs all tasks that wait, and returns when all have ended. Not by a task.
  virtual void Stop() = 0;
};

/// Threads that run handlers: few while handlers are short, more when they block. Safe for use by
/// many threads.
///
/// As many tasks run at once as there are cores. When none of them has ended for a millisecond
/// while others wait, they are taken to block, and more threads join, twice as many each time.
/// Tasks that run or wait are bounded; one over the bound is refused, never kept waiting outside.
class Workers final : public TaskRunner {
 public:
  /// For tasks that are bounded otherwise.
  static constexpr std::size_t kUnbounded = SIZE_MAX / 2;

  /// @param most how many tasks may run or wait
  explicit Workers(std::size_t most);

  /// Runs all tasks that wait, and ends the threads.
  ~Workers() override;
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::optional<Ticket> Submit(std::function<void()> task) override;
  void Withdraw(Ticket ticket) override;
  bool BeginHere() override;
  void EndHere() override;
  bool IsBusy() const override { return taken_ > 0; }
  void Stop() override;

 private:
  struct Task {
    Ticket ticket;
    std::function<void()> run;
  };

  void Work(std::list<std::thread>::iterator self);
  /// Locked. Has a thread come if one is wanted.
  void Serve();
  /// Locked. Has one more thread look for work.
  void Call();
  /// Locked.
  bool MayRun() const { return !tasks_.empty() && (active_ < allowed_ || stopping_); }
  /// Locked. Waits a moment while nothing ends; then allows more threads.
  void Watch(std::unique_lock<std::mutex>& lock);

  const std::size_t most_;
  const std::size_t least_allowed_;

  std::mutex mutex_;
  std::condition_variable called_;
  std::condition_variable stall_;
  std::condition_variable gone_;
  std::list<Task> tasks_;
  Ticket last_ticket_ = 0;
  std::list<std::thread> threads_;
  std::list<std::thread> gone_threads_;
  std::size_t starting_ = 0;
  std::size_t idle_ = 0;
  std::size_t calls_ = 0;
  std::size_t active_ = 0;
  std::size_t allowed_;
  std::size_t growth_ = 1;
  std::uint64_t ended_ = 0;
  bool watched_ = false;
  std::atomic<bool> stopping_{false};
  /// Tasks that wait, run, or run elsewhere.
  std::atomic<std::size_t> taken_{0};
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_WORKERS_H_
