#include "times.h"

#include <algorithm>
#include <iomanip>
#include <numeric>
#include <sstream>

namespace bench {
namespace {

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

std::string Times::Figures() {
  std::ostringstream out;
  out << std::fixed << "\"operations\": " << samples_.size() << ", \"seconds\": " << Seconds(all_);
  if (samples_.empty()) return out.str();
  std::sort(samples_.begin(), samples_.end());
  const auto count = static_cast<double>(samples_.size());
  const auto at = [&](double part) { return samples_[static_cast<std::size_t>(part * count)]; };
  const double sum = std::accumulate(samples_.begin(), samples_.end(), 0.0);
  out << std::setprecision(1) << ", \"mean_ns\": " << sum / count << ", \"p50_ns\": " << at(0.5)
      << ", \"p90_ns\": " << at(0.9) << ", \"p99_ns\": " << at(0.99)
      << ", \"p999_ns\": " << at(0.999) << ", \"max_ns\": " << samples_.back();
  return out.str();
}

double PerSecond(std::uint64_t operations, std::chrono::nanoseconds took) {
  return static_cast<double>(operations) / Seconds(took);
}

std::string Rate(std::uint64_t operations, std::chrono::nanoseconds took) {
  std::ostringstream out;
  out << std::fixed << "\"operations\": " << operations << ", \"seconds\": " << Seconds(took)
      << std::setprecision(1) << ", \"operations_per_second\": " << PerSecond(operations, took);
  return out.str();
}

}  // namespace bench
