#ifndef PARLEY_RPC_RETRY_POLICY_H_
#define PARLEY_RPC_RETRY_POLICY_H_

#include <chrono>
#include <stdexcept>

namespace parley {

/// Whether, and how patiently, a failed call is tried again unasked (C-10). Immutable.
///
/// Only UNAVAILABLE is retried, and only when the outcome is NOT_SENT or REJECTED, or UNKNOWN for a
/// method that declares its Idempotency; only while the connection is there, nothing was received
/// yet, and the client does not stream; and only inside the deadline. Before attempt n + 1 it waits
/// a random time between 0 and `initial_backoff * multiplier^(n-1)`, at most `max_backoff`: full
/// jitter, as in Brooker, "Exponential Backoff And Jitter", 2015.
class RetryPolicy {
 public:
  /// Five attempts, from 5 ms on, doubled each time, up to 500 ms.
  static const RetryPolicy kDefault;

  /// No retry.
  static const RetryPolicy kNone;

  /// @param max_attempts how often a call is tried in all, at least 1; 1: no retry
  /// @param initial_backoff the most that is waited before the second attempt
  /// @param multiplier by what that grows each time, at least 1
  /// @param max_backoff the most that is ever waited before an attempt
  /// @throws std::invalid_argument when one of them is out of its bounds
  constexpr RetryPolicy(int max_attempts, std::chrono::nanoseconds initial_backoff,
                        double multiplier, std::chrono::nanoseconds max_backoff)
      : max_attempts_(max_attempts),
        initial_backoff_(initial_backoff),
        multiplier_(multiplier),
        max_backoff_(max_backoff) {
    if (max_attempts < 1) {
      throw std::invalid_argument("max_attempts is below 1");
    }
    // Written so that it refuses what is no number, and the infinite.
    if (!(multiplier >= 1 && multiplier <= kMostMultiplier)) {
      throw std::invalid_argument("multiplier is below 1, or without bound");
    }
    if (initial_backoff.count() < 0 || max_backoff.count() < 0) {
      throw std::invalid_argument("a backoff is negative");
    }
  }

  constexpr int max_attempts() const { return max_attempts_; }
  constexpr std::chrono::nanoseconds initial_backoff() const { return initial_backoff_; }
  constexpr double multiplier() const { return multiplier_; }
  constexpr std::chrono::nanoseconds max_backoff() const { return max_backoff_; }

 private:
  static constexpr double kMostMultiplier = 1e9;

  int max_attempts_;
  std::chrono::nanoseconds initial_backoff_;
  double multiplier_;
  std::chrono::nanoseconds max_backoff_;
};

inline constexpr RetryPolicy RetryPolicy::kDefault{5, std::chrono::milliseconds(5), 2,
                                                   std::chrono::milliseconds(500)};
inline constexpr RetryPolicy RetryPolicy::kNone{1, std::chrono::nanoseconds(0), 1,
                                                std::chrono::nanoseconds(0)};

}  // namespace parley

#endif  // PARLEY_RPC_RETRY_POLICY_H_
