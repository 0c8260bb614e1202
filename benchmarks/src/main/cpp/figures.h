// What a command answers: figures by name, and the times of operations.
#ifndef PARLEY_BENCHMARKS_FIGURES_H_
#define PARLEY_BENCHMARKS_FIGURES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

/// The figures of an answer, as a line of JSON. For one thread.
class Figures {
 public:
  Figures& Add(std::string_view name, double value);

  /// How many operations there were in a time, and how many that is in a second.
  Figures& AddRate(std::uint64_t operations, Clock::duration time);

  std::string Line() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

/// How long operations took. For one thread.
class Times {
 public:
  void Record(Clock::duration time);
  void Add(const Times& others);
  std::size_t count() const { return nanos_.size(); }

  /// Count, mean and quantiles, and the time that it took to gather them.
  void AddTo(Figures& figures, Clock::duration time);

 private:
  std::vector<std::int64_t> nanos_;
};

}  // namespace bench

#endif  // PARLEY_BENCHMARKS_FIGURES_H_
