#include "connection/busy_poll.h"

#include <sched.h>

namespace parley {
namespace {

// So many polls in vain, and only one in kRare is made until one pays.
constexpr std::uint32_t kPatience = 5;
constexpr std::uint32_t kRare = 32;
// A look and a yield that take longer mean that another thread had the core in between.
constexpr std::int64_t kOthersRan = 2'000;
// One that takes as much longer means that others want the core for themselves: whoever sleeps gets
// it back sooner than whoever gives way.
constexpr std::int64_t kCrowded = 500'000;
// On a core of one's own, one pause in so many is a yield: others may come.
constexpr std::uint32_t kYieldEvery = 4;
// So many yields in a row that came back at once mean that the core is ours.
constexpr std::uint32_t kAlone = 8;

void Relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

}  // namespace

bool BusyPoll::Begin(std::int64_t now, std::int64_t bound) {
  bound_ = bound;
  if (bound <= 0) {
    return false;
  }
  if (in_vain_ >= kPatience && ++skipped_ < kRare) {
    return false;
  }
  skipped_ = 0;
  until_ = now + bound_;
  paused_ = Paused::kNot;
  return true;
}

void BusyPoll::Found(std::int64_t now) {
  in_vain_ = IsCrowded(now) ? kPatience : 0;
  until_ = now + bound_;
  paused_ = Paused::kNot;
}

bool BusyPoll::IsCrowded(std::int64_t now) const {
  return paused_ == Paused::kYielded && now - last_ > kCrowded;
}

bool BusyPoll::Pause(std::int64_t now) {
  if (now >= until_) {
    in_vain_ = IsCrowded(now) ? kPatience : in_vain_ + 1;
    paused_ = Paused::kNot;
    return false;
  }
  if (paused_ == Paused::kYielded) {
    if (now - last_ > kOthersRan) {
      shared_ = true;
      quick_yields_ = 0;
    } else if (++quick_yields_ >= kAlone) {
      shared_ = false;
    }
  }
  last_ = now;
  if (shared_ || ++looks_ % kYieldEvery == 0) {
    paused_ = Paused::kYielded;
    ::sched_yield();
  } else {
    paused_ = Paused::kSpun;
    Relax();
  }
  return true;
}

void BusyPoll::GiveWay() { ::sched_yield(); }

}  // namespace parley
