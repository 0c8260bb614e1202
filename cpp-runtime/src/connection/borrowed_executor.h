#ifndef PARLEY_CONNECTION_BORROWED_EXECUTOR_H_
#define PARLEY_CONNECTION_BORROWED_EXECUTOR_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "connection/borrowed_threads.h"
#include "connection/shared_loop.h"
#include "connection/workers.h"
#include "parley/connection/executor.h"

namespace parley {

/// A user's executor, of which nothing is known: it may have one thread. Safe for use by many
/// threads.
///
/// So that handlers which wait for one another, through their peers or otherwise, never wait for a
/// thread, a task that it has not begun after a few milliseconds is run on a thread of ours if all
/// those that run tasks of ours sleep: in a call, a lock, or wherever else. It also never gets the
/// thread that reads: a task that it runs on the thread that hands it over moves on as well.
class BorrowedExecutor final : public TaskRunner,
                               public std::enable_shared_from_this<BorrowedExecutor> {
 public:
  /// @param most how many tasks may run or wait
  BorrowedExecutor(std::shared_ptr<Executor> executor, std::size_t most);
  ~BorrowedExecutor() override;

  std::optional<Ticket> Submit(std::function<void()> task) override;
  void Withdraw(Ticket ticket) override;
  bool IsBusy() const override;
  void Stop() override;

 private:
  struct Task {
    Ticket ticket;
    std::function<void()> run;
    std::int64_t handed_over_at;
    /// The thread that is in Executor::Execute with it.
    std::thread::id handing_over;
  };
  using Tasks = std::list<Task>;

  /// By a thread of the user's.
  void Begin(Ticket ticket);
  /// By whoever took it out of those that wait and counted it as running.
  void Run(const std::function<void()>& task);
  /// Locked. Takes it out of those that wait, and counts it as running.
  std::function<void()> Take(Tasks::iterator task);
  Tasks::iterator Find(Ticket ticket);
  /// Runs what was taken on a thread of ours.
  void Move(std::function<void()> task);
  /// Locked. Has Look called in a while.
  void Watch();
  /// By the loop that keeps the watch.
  void Look();

  const std::shared_ptr<Executor> executor_;
  const std::shared_ptr<BorrowedThreads> threads_;
  const std::size_t most_;

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  /// Handed over and not begun, in that order.
  Tasks waiting_;
  Ticket last_ticket_ = 0;
  /// How many run.
  std::size_t active_ = 0;
  bool watched_ = false;
  bool stopping_ = false;
  /// Its timers are the watch. Given back by Stop.
  std::shared_ptr<SharedLoop> loop_;

  /// Runs what the executor does not.
  Workers spare_;
};

/// What runs handlers: `executor`, or threads of our own if it is null.
std::shared_ptr<TaskRunner> RunnerOf(std::shared_ptr<Executor> executor, std::size_t most);

}  // namespace parley

#endif  // PARLEY_CONNECTION_BORROWED_EXECUTOR_H_
