#ifndef PARLEY_CONNECTION_WAITER_H_
#define PARLEY_CONNECTION_WAITER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

#include "parley/export.h"

namespace parley {

/// Where a thread waits for something that a connection brings: the end of a call, the next message
/// of a stream. Mostly the thread reads the connection meanwhile and never sleeps here.
///
/// Safe for use by many threads; several may wait.
class PARLEY_EXPORT Waiter {
 public:
  /// Whether what is waited for has come. What was done before Finish is then visible.
  bool IsOver() const { return over_.load(std::memory_order_acquire); }

  /// It has come.
  void Finish() {
    over_.store(true);
    if (parked_.load() > 0) {
      Wake();
    }
  }

  /// Begins to wait for the next thing; by whoever makes sure that Finish comes later.
  void Reset() { over_.store(false); }

  /// Has one waiting thread stop sleeping, so that it looks around.
  void Call() {
    called_.store(true);
    if (parked_.load() > 0) {
      Wake();
    }
  }

  /// Sleeps until it has come, until somebody calls, or until that time on the monotonic clock, in
  /// nanoseconds; empty: without end.
  void Park(const std::optional<std::int64_t>& until);

 private:
  void Wake();

  std::atomic<bool> over_{false};
  std::atomic<bool> called_{false};
  std::atomic<int> parked_{0};
  std::mutex mutex_;
  std::condition_variable woken_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_WAITER_H_
