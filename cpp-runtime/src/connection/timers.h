#ifndef PARLEY_CONNECTION_TIMERS_H_
#define PARLEY_CONNECTION_TIMERS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace parley {

/// The monotonic clock, in nanoseconds from an arbitrary origin.
std::int64_t MonotonicNow();

/// A monotonic clock and the tasks that wait for it. Safe for use by many threads.
///
/// The only source of time of a connection, so that tests can turn the clock by hand.
class Timers {
 public:
  /// Names a task; the default one names none.
  struct Ticket {
    std::int64_t when = 0;
    std::uint64_t number = 0;

    bool operator<(const Ticket& that) const {
      return when != that.when ? when < that.when : number < that.number;
    }
  };

  virtual ~Timers() = default;

  /// The time now.
  virtual std::int64_t Now() const = 0;

  /// Runs `task` once when the clock reaches `when`, on the thread that reads: it must not block.
  virtual Ticket At(std::int64_t when, std::function<void()> task) = 0;

  /// Takes a task back; without effect once it has begun.
  virtual void Cancel(const Ticket& ticket) = 0;
};

/// Tasks in the order of their times. Safe for use by many threads; tasks run outside its lock,
/// which is a leaf.
class TimerQueue {
 public:
  /// Adds a task. `first` tells whether it is now the earliest.
  Timers::Ticket Add(std::int64_t when, std::function<void()> task, bool* first = nullptr);
  void Cancel(const Timers::Ticket& ticket);

  /// What NextTime gives when nothing waits.
  static constexpr std::int64_t kNever = INT64_MAX;

  /// When the next task is due, or kNever.
  std::int64_t NextTime() const { return next_.load(); }

  /// Runs what is due at `now`.
  void RunDue(std::int64_t now);

 private:
  /// Locked.
  void SetNext() { next_.store(tasks_.empty() ? kNever : tasks_.begin()->first.when); }

  std::mutex mutex_;
  std::uint64_t last_number_ = 0;
  std::map<Timers::Ticket, std::function<void()>> tasks_;
  std::atomic<std::int64_t> next_{kNever};
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_TIMERS_H_
