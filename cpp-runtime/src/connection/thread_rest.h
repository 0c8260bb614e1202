#ifndef PARLEY_CONNECTION_THREAD_REST_H_
#define PARLEY_CONNECTION_THREAD_REST_H_

#include <optional>

namespace parley {

/// A thread of this process, as the system knows it.
class ThreadRest {
 public:
  /// The one that asks.
  static ThreadRest OfThisThread();

  /// Whether it sleeps now: in a lock, in a read, or wherever else. Empty where the system does not
  /// tell.
  std::optional<bool> Sleeps() const;

 private:
  explicit ThreadRest(long number) : number_(number) {}

  long number_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_THREAD_REST_H_
