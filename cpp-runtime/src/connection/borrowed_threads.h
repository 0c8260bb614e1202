#ifndef PARLEY_CONNECTION_BORROWED_THREADS_H_
#define PARLEY_CONNECTION_BORROWED_THREADS_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "connection/thread_rest.h"
#include "parley/connection/executor.h"

namespace parley {

/// The threads that run tasks of ours for one executor of the user's, whichever server or client
/// they are of: they may share it. Safe for use by many threads; its lock is a leaf.
class BorrowedThreads {
 public:
  using Place = std::list<ThreadRest>::iterator;

  /// Those of `executor`; the same ones as long as anybody holds them.
  static std::shared_ptr<BorrowedThreads> Of(const Executor& executor);

  /// A task was taken and is about to run.
  void Taken();

  /// This thread begins with a task that was taken, and ends it.
  Place Begun();
  void Ended(Place place);

  /// Whether a task that has waited so many nanoseconds waits in vain: all threads that run tasks
  /// of ours sleep. Where none does, or the system does not tell, only a long wait counts.
  bool AllSleep(std::int64_t waited) const;

 private:
  mutable std::mutex mutex_;
  std::size_t active_ = 0;
  /// But for those that are about to run.
  std::list<ThreadRest> running_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_BORROWED_THREADS_H_
