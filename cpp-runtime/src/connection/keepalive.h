#ifndef PARLEY_CONNECTION_KEEPALIVE_H_
#define PARLEY_CONNECTION_KEEPALIVE_H_

#include <chrono>
#include <cstdint>

namespace parley {

/// Decides when a silent peer is asked for a sign of life, and when it is given up (P-2). Any byte
/// is such a sign. Touched by the holder of the reading role alone; knows no timers.
class Keepalive {
 public:
  /// How long nothing has come before the peer is asked, and how long it may take to send anything
  /// after that.
  struct Times {
    std::chrono::nanoseconds silence;
    std::chrono::nanoseconds patience;
  };

  enum class Verdict { kAlive, kAsk, kWait, kGiveUp };

  /// Bytes have come.
  void Heard(std::int64_t now) { heard_at_ = now; }

  /// What silence until now means.
  /// @param excused whether the peer may have one thread that is in the handler of a call of ours
  Verdict Judge(const Times& times, std::int64_t now, bool excused) {
    if (now - heard_at_ < times.silence.count()) {
      asked_ = false;
      return Verdict::kAlive;
    }
    if (!asked_ || heard_at_ > asked_at_) {
      asked_ = true;
      asked_at_ = now;
      return Verdict::kAsk;
    }
    return excused ? Verdict::kWait : Verdict::kGiveUp;
  }

  std::int64_t heard_at() const { return heard_at_; }

 private:
  std::int64_t heard_at_ = 0;
  bool asked_ = false;
  std::int64_t asked_at_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_KEEPALIVE_H_
