// What a program measures, as the fields of the line that answers a command.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// How long each of many operations took. For one thread.
class Times {
 public:
  void Add(std::chrono::nanoseconds time) { samples_.push_back(time.count()); }

  void Add(const Times& others) {
    samples_.insert(samples_.end(), others.samples_.begin(), others.samples_.end());
  }

  /// How long all of them took together.
  void Took(std::chrono::nanoseconds all) { all_ = all; }

  std::size_t Count() const { return samples_.size(); }

  /// operations, seconds, mean_ns, p50_ns, p90_ns, p99_ns, p999_ns, max_ns. Sorts the samples.
  std::string Figures();

 private:
  std::vector<std::int64_t> samples_;
  std::chrono::nanoseconds all_{0};
};

double PerSecond(std::uint64_t operations, std::chrono::nanoseconds took);

/// operations, seconds, operations_per_second.
std::string Rate(std::uint64_t operations, std::chrono::nanoseconds took);

}  // namespace bench
