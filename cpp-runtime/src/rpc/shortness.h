#ifndef PARLEY_RPC_SHORTNESS_H_
#define PARLEY_RPC_SHORTNESS_H_

#include <atomic>
#include <cstdint>

namespace parley {

/// What is known of how long the handler of one method runs: whether it may begin on the thread
/// that has read its request. Safe for use by many threads; what they overwrite of one another
/// matters little.
class Shortness {
 public:
  /// So many runs in a row have to be short after one that was not.
  static constexpr std::uint32_t kProof = 64;
  /// What counts as short, in nanoseconds.
  static constexpr std::int64_t kShort = 200'000;

  bool IsShort() const { return to_prove_.load(std::memory_order_relaxed) == 0; }

  /// A run took longer than a loop waits, or waited itself.
  void Overran() { to_prove_.store(kProof, std::memory_order_relaxed); }

  /// A run elsewhere took so long, in nanoseconds.
  void Took(std::int64_t time) {
    const std::uint32_t left = to_prove_.load(std::memory_order_relaxed);
    if (left > 0) {
      to_prove_.store(time < kShort ? left - 1 : kProof, std::memory_order_relaxed);
    }
  }

 private:
  std::atomic<std::uint32_t> to_prove_{0};
};

}  // namespace parley

#endif  // PARLEY_RPC_SHORTNESS_H_
