// One connection to an echo server, and the commands that measure it.
#ifndef PARLEY_BENCHMARKS_BENCH_CLIENT_H_
#define PARLEY_BENCHMARKS_BENCH_CLIENT_H_

#include <parley/parley.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench_service.h"
#include "figures.h"

namespace bench {

/// The client of PROGRAMS.md; its methods are the commands there. For one thread.
class BenchClient {
 public:
  using Millis = std::chrono::milliseconds;

  /// @param polling for how long readers poll before they sleep; empty: as they do by default
  BenchClient(const std::string& path, std::optional<std::chrono::microseconds> polling);

  /// Answers one command: figures as JSON, or `unsupported`.
  std::string Answer(const std::string& line);

  /// One echo, blocking.
  void Call() const;

 private:
  Figures TimedCalls(Millis duration, const std::function<void()>& call) const;
  Figures PacedCalls(Millis duration, long rate) const;
  Figures CountedCalls(long count) const;
  Figures CallbackCalls(Millis duration, std::size_t in_flight) const;
  Figures ProducerCalls(Millis duration, std::size_t in_flight) const;
  Figures CallersAtOnce(Millis duration, std::size_t callers) const;
  Figures Stream(Millis duration) const;
  Figures CallsBesideSleep(Millis duration, long nap_millis) const;
  Figures CallsBesideTransfer(Millis duration, std::size_t bytes) const;
  Figures OpenConnections(std::size_t connections);

  void SetSize(std::size_t bytes);

  const parley::Address address_;
  BenchService service_;
  const std::unique_ptr<parley::Client> client_;
  const Bench::Client bench_;
  Blob request_;
  std::vector<std::unique_ptr<parley::Client>> idle_;
};

/// What this process has allocated.
Figures Memory();

}  // namespace bench

#endif  // PARLEY_BENCHMARKS_BENCH_CLIENT_H_
