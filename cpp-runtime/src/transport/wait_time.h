#ifndef PARLEY_SRC_TRANSPORT_WAIT_TIME_H_
#define PARLEY_SRC_TRANSPORT_WAIT_TIME_H_

#include <algorithm>
#include <chrono>
#include <limits>

namespace parley {

/// A bound on a wait that signals may cut into pieces, in the milliseconds of poll and epoll.
class WaitTime {
 public:
  /// @param timeout below 0: without end
  explicit WaitTime(std::chrono::nanoseconds timeout) : timeout_(timeout) {
    if (timeout.count() > 0) start_ = std::chrono::steady_clock::now();
  }

  /// What is left of a bounded wait.
  std::chrono::nanoseconds LeftFine() const {
    const auto left = timeout_ - (std::chrono::steady_clock::now() - start_);
    return std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(left));
  }

  /// What is left, rounded up so that the wait never ends early; -1 without end.
  int Left() const {
    if (timeout_.count() < 0) return -1;
    if (timeout_.count() == 0) return 0;
    const auto left = timeout_ - (std::chrono::steady_clock::now() - start_);
    if (left.count() <= 0) return 0;
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::min<long long>(milliseconds, std::numeric_limits<int>::max()));
  }

 private:
  std::chrono::nanoseconds timeout_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace parley

#endif  // PARLEY_SRC_TRANSPORT_WAIT_TIME_H_
