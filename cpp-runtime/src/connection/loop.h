#ifndef PARLEY_CONNECTION_LOOP_H_
#define PARLEY_CONNECTION_LOOP_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connection/busy_poll.h"
#include "connection/connection.h"
#include "connection/monitor.h"
#include "connection/timers.h"
#include "parley/connection/job.h"
#include "parley/transport/poller.h"

namespace parley {

/// Waits for many descriptors, reads their connections, and runs what they bring: one thread does
/// all of it at a time, and leads. Safe for use by many threads.
///
/// A job, which is code of the user's, runs on the leading thread at the top of its stack, when all
/// else has been put into fields. If it takes long or waits, another thread of the loop leads on
/// from there, and the one that comes back from the job touches nothing of the loop.
class Loop final : public Timers, public std::enable_shared_from_this<Loop> {
 public:
  /// Starts the thread.
  static std::shared_ptr<Loop> Start();

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() override;

  /// Waits for the jobs that run, ends the threads and drops what has not been done. Not by one of
  /// its threads. More calls do nothing.
  void Stop();

  /// Holds a connection until it has ended, and begins it.
  void Hold(const std::shared_ptr<Connection>& connection, int descriptor);

  /// Calls `ready` in this loop whenever the descriptor is readable. In the loop.
  std::uint64_t Watch(int descriptor, std::function<void()> ready);
  /// Stops for a while, or goes on. In the loop.
  void Pause(std::uint64_t watch, bool paused);
  /// Stops for good. In the loop.
  void Forget(std::uint64_t watch);

  /// Runs `task`, which is the runtime's own and short, soon in the loop.
  void Run(std::function<void()> task);

  std::int64_t Now() const override { return MonotonicNow(); }
  Ticket At(std::int64_t when, std::function<void()> task) override;
  void Cancel(const Ticket& ticket) override { timers_.Cancel(ticket); }

  /// Counts up whenever a job begins or ends; odd while one runs.
  std::uint64_t turn() const { return turn_.load(); }
  static constexpr bool IsInJob(std::uint64_t turn) { return (turn & 1) != 0; }

  /// Has another thread lead on, unless the job of that turn has ended. By any thread.
  void Relieve(std::uint64_t turn);

 private:
  class HeldSeat;
  /// What is waited for: a connection, or something else.
  struct Entry {
    int descriptor;
    std::shared_ptr<Connection> connection;
    std::shared_ptr<const std::function<void()>> ready;
  };
  /// A thread that leads: which loop, in which turn.
  struct Leader;

  friend void StepAside();
  Loop() = default;

  // The threads: loop_crew.cc.

  /// Makes one more thread. Locked.
  /// @throws std::system_error
  void Enlist();
  void Serve(std::list<std::thread>::iterator self);
  /// Has an idle thread stand by, so that it can lead; false if there is none.
  bool CallSpare();
  /// Leads until the loop stops or another thread leads on.
  void Lead();
  /// Runs all jobs that wait; false if this thread leads no more.
  bool RunJobs();
  bool RunJob();
  /// Goes on with connections whose frames wait for jobs; false if there are none.
  bool GoOn();
  bool Post(const std::shared_ptr<Job>& job);
  bool FlushLater(Connection& connection);
  std::shared_ptr<Connection> TakeUnflushed();
  void FlushStaged();
  /// Whether the calling thread leads this loop, outside of any job.
  bool IsLedHere() const;
  /// Whether the calling thread leads this loop, in a job.
  bool IsInJobHere() const;

  // What is waited for: loop.cc.

  void RunTasks();
  bool RunTimers();
  void TickAll();
  /// Looks for something to read without sleeping; false when it is time to sleep.
  bool PollBusily();
  /// Waits until something is to be done.
  void Sleep();
  /// Waits at most so long for what is ready, and hands it out; how many were.
  std::size_t Dispatch(std::chrono::nanoseconds timeout);
  bool HasNews() const { return has_tasks_.load() || stopping_.load(); }
  /// Ends the sleep, if the loop sleeps.
  void Rouse();
  /// @throws TransportError when the poller takes no more
  void Add(std::uint64_t token, Entry entry, Interest interest);

  Poller poller_;
  TimerQueue timers_;
  const std::shared_ptr<Monitor> monitor_ = Monitor::Get();

  // Touched by the leading thread alone, outside of jobs. Another thread leads on once it has seen
  // the turn, or the lock.
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::uint64_t last_token_ = 0;
  std::deque<std::shared_ptr<Job>> jobs_;
  std::shared_ptr<Job> job_;
  /// How many jobs have run since the loop looked how long they take, and when that was; 0: it has
  /// rested since.
  std::size_t jobs_run_ = 0;
  /// Whether the loop has looked for what had come before the tasks that wait.
  bool looked_ = false;
  std::int64_t looked_at_ = 0;
  std::vector<std::shared_ptr<Connection>> staged_;
  /// Those with frames that were read and wait for the jobs of those before.
  std::vector<std::shared_ptr<Connection>> again_;
  /// Those that were read since the loop slept last.
  std::vector<std::shared_ptr<Connection>> warm_;
  std::vector<std::shared_ptr<Connection>> ticked_;
  std::int64_t tick_at_ = 0;
  BusyPoll poll_;
  /// The longest bound of what was ready last, and whether the loop polls for that.
  std::int64_t poll_bound_ = 0;
  bool polls_ = false;
  /// The connection that is polled; null: all.
  std::shared_ptr<Connection> active_;
  std::int64_t dispatched_at_ = 0;

  std::atomic<std::uint64_t> turn_{0};
  /// What the present job has left to be flushed behind it, or when it is relieved. The lock is a
  /// leaf.
  std::mutex unflushed_mutex_;
  std::shared_ptr<Connection> unflushed_;
  std::atomic<bool> asleep_{false};
  std::atomic<bool> has_tasks_{false};
  std::atomic<bool> stopping_{false};

  std::mutex mutex_;
  std::condition_variable called_;
  std::condition_variable gone_;
  std::vector<std::function<void()>> tasks_;
  bool stopped_ = false;
  std::list<std::thread> threads_;
  std::list<std::thread> gone_threads_;
  /// Threads that neither lead nor run a job, and how many of them stand by.
  std::size_t idle_ = 0;
  std::size_t standing_by_ = 0;
  /// Nobody leads: an idle thread is to.
  bool vacant_ = false;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_LOOP_H_
