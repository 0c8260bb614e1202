#include "parley/reconnect.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <string>

namespace parley {

constexpr Reconnect Reconnect::kNone(0, 0, 1, 0);
constexpr Reconnect Reconnect::kDefault(50'000'000, 5'000'000'000, 1.15, INT_MAX);

Reconnect Reconnect::WithInitialDelay(std::chrono::nanoseconds delay) const {
  Reconnect changed = *this;
  changed.initial_delay_ = delay;
  changed.max_delay_ = std::max(delay, max_delay_);
  return changed.Checked();
}

Reconnect Reconnect::WithMaxDelay(std::chrono::nanoseconds delay) const {
  Reconnect changed = *this;
  changed.initial_delay_ = std::min(delay, initial_delay_);
  changed.max_delay_ = delay;
  return changed.Checked();
}

Reconnect Reconnect::WithMultiplier(double multiplier) const {
  Reconnect changed = *this;
  changed.multiplier_ = multiplier;
  return changed.Checked();
}

Reconnect Reconnect::WithMaxAttempts(int attempts) const {
  Reconnect changed = *this;
  changed.max_attempts_ = attempts;
  return changed.Checked();
}

Reconnect Reconnect::Checked() const {
  if (initial_delay_.count() < 0) {
    throw std::invalid_argument("G-6: a delay of " + std::to_string(initial_delay_.count()) +
                                " ns is below zero");
  }
  if (!(multiplier_ >= 1) || std::isinf(multiplier_)) {
    throw std::invalid_argument("G-6: a multiplier of " + std::to_string(multiplier_) +
                                " is below 1");
  }
  if (max_attempts_ < 0) {
    throw std::invalid_argument("G-6: " + std::to_string(max_attempts_) + " attempts");
  }
  return *this;
}

std::chrono::nanoseconds Reconnect::Bound(int failed) const {
  const double grown = static_cast<double>(initial_delay_.count()) * std::pow(multiplier_, failed);
  return grown < static_cast<double>(max_delay_.count())
             ? std::chrono::nanoseconds(static_cast<std::int64_t>(grown))
             : max_delay_;
}

std::chrono::nanoseconds Reconnect::Delay(int failed) const {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> any(0, Bound(failed).count());
  return std::chrono::nanoseconds(any(random));
}

}  // namespace parley
