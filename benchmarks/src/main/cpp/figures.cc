#include "figures.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace bench {
namespace {

double Seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Figures& Figures::Add(std::string_view name, double value) {
  char number[64];
  std::snprintf(number, sizeof number, "%.6f", value);
  members_ += (members_.empty() ? "\"" : ", \"") + std::string(name) + "\": " + number;
  return *this;
}

Figures& Figures::AddRate(std::uint64_t operations, Clock::duration time) {
  return Add("operations", static_cast<double>(operations))
      .Add("seconds", Seconds(time))
      .Add("operations_per_second", static_cast<double>(operations) / Seconds(time));
}

void Times::Record(Clock::duration time) {
  nanos_.push_back(std::chrono::nanoseconds(time).count());
}

void Times::Add(const Times& others) {
  nanos_.insert(nanos_.end(), others.nanos_.begin(), others.nanos_.end());
}

void Times::AddTo(Figures& figures, Clock::duration time) {
  std::sort(nanos_.begin(), nanos_.end());
  const auto at = [this](double part) {
    return static_cast<double>(
        nanos_[static_cast<std::size_t>(part * static_cast<double>(nanos_.size()))]);
  };
  const auto sum = std::accumulate(nanos_.begin(), nanos_.end(), std::int64_t{0});
  figures.Add("operations", static_cast<double>(count()))
      .Add("seconds", Seconds(time))
      .Add("mean_ns", static_cast<double>(sum) / static_cast<double>(count()))
      .Add("p50_ns", at(0.5))
      .Add("p90_ns", at(0.9))
      .Add("p99_ns", at(0.99))
      .Add("p999_ns", at(0.999))
      .Add("max_ns", static_cast<double>(nanos_.back()));
}

}  // namespace bench
