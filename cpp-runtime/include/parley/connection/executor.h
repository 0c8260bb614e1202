#ifndef PARLEY_CONNECTION_EXECUTOR_H_
#define PARLEY_CONNECTION_EXECUTOR_H_

#include <functional>

#include "parley/export.h"

namespace parley {

/// Threads of the user's that may run handlers. It stays the user's: nobody here ends it, and it
/// has to run what it was given as long as the server or client lives.
class PARLEY_EXPORT Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor();

  /// Has some thread run the task soon and once; false if it takes no more. Called by many threads
  /// at once, mostly by those that read: it must not wait, nor throw.
  virtual bool Execute(std::function<void()> task) = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_EXECUTOR_H_
