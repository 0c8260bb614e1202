#ifndef PARLEY_CONNECTION_BUSY_POLL_H_
#define PARLEY_CONNECTION_BUSY_POLL_H_

#include <chrono>
#include <cstdint>

namespace parley {

/// How long a reader looks again and again after activity before it sleeps, and what it does
/// between two looks. Touched by one reader at a time.
///
/// Waking a sleeping core costs more than a whole call, so a reader that has just been busy waits
/// awake for a moment. It gives way to others on its core meanwhile, and stops doing so where it
/// does not pay: after some polls in vain only one in many times is polled.
class BusyPoll {
 public:
  static constexpr std::chrono::microseconds kDefault{50};

  /// Whether to poll this time.
  /// @param bound how long to look without finding anything, in nanoseconds; zero: never
  bool Begin(std::int64_t now, std::int64_t bound);
  /// Nothing was there: passes a moment; false when the bound is over and nothing came.
  bool Pause(std::int64_t now);
  /// Something came: counts from now.
  void Found(std::int64_t now);
  /// Stops looking; not the poll's fault.
  void Leave() { paused_ = Paused::kNot; }

  /// Whether another thread wants this core, as far as the last looks tell: then it pays to give
  /// way before the first look.
  bool shares_core() const { return shared_; }
  /// Gives way.
  static void GiveWay();

 private:
  enum class Paused { kNot, kSpun, kYielded };

  bool IsCrowded(std::int64_t now) const;

  std::int64_t bound_ = 0;
  std::int64_t until_ = 0;
  std::int64_t last_ = 0;
  std::uint32_t looks_ = 0;
  std::uint32_t in_vain_ = 0;
  std::uint32_t skipped_ = 0;
  Paused paused_ = Paused::kNot;
  bool shared_ = false;
  std::uint32_t quick_yields_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_BUSY_POLL_H_
