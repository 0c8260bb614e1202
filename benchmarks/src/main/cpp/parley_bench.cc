// Echo through generated stubs: the C++ programs of the Parley contestants.
//
//   parley-bench server|client --path P --size N
//
// The commands of the client are those of the native floor (src/main/c/floor.c).
#include <parley/parley.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "parley/bench/v1/bench.parley.h"
#include "parley/bench/v1/bench.pb.h"

namespace {

using parley::bench::v1::Bench;
using parley::bench::v1::Blob;
using Clock = std::chrono::steady_clock;

class EchoService final : public Bench::Service {
 public:
  Blob Echo(const Blob& request, parley::CallContext&) override { return request; }
};

void WaitForEndOfInput() {
  std::string line;
  while (std::getline(std::cin, line)) {
  }
}

void Serve(const std::string& path) {
  EchoService echo;
  auto server =
      parley::Server::Builder(parley::Address::Path(path)).Service(Bench::Bind(echo)).Start();
  std::cout << "ready" << std::endl;
  WaitForEndOfInput();
  server->CloseNow();
}

double Seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

void Latency(Bench::Client& bench, const Blob& request, std::chrono::milliseconds duration) {
  std::vector<std::int64_t> samples;
  samples.reserve(1 << 20);
  const auto start = Clock::now();
  auto last = start;
  while (last - start < duration) {
    bench.Echo(request);
    const auto now = Clock::now();
    samples.push_back(std::chrono::nanoseconds(now - last).count());
    last = now;
  }
  std::sort(samples.begin(), samples.end());
  const double seconds = Seconds(last - start);
  const auto at = [&](double part) {
    return static_cast<long long>(
        samples[static_cast<std::size_t>(part * static_cast<double>(samples.size()))]);
  };
  std::printf(
      "{\"operations\": %zu, \"seconds\": %.6f, \"mean_ns\": %.1f, \"p50_ns\": %lld, "
      "\"p90_ns\": %lld, \"p99_ns\": %lld, \"p999_ns\": %lld, \"max_ns\": %lld}\n",
      samples.size(), seconds, seconds * 1e9 / static_cast<double>(samples.size()), at(0.5),
      at(0.9), at(0.99), at(0.999), static_cast<long long>(samples.back()));
}

// Waits for the oldest call before it starts another, so that the number in flight stays.
void Throughput(Bench::Client& bench, const Blob& request, std::chrono::milliseconds duration,
                std::size_t in_flight) {
  std::deque<std::future<Blob>> calls;
  std::uint64_t answered = 0;
  const auto start = Clock::now();
  while (Clock::now() - start < duration) {
    if (calls.size() == in_flight) {
      calls.front().get();
      calls.pop_front();
      ++answered;
    }
    calls.push_back(bench.EchoAsync(request));
  }
  for (auto& call : calls) {
    call.get();
    ++answered;
  }
  const double seconds = Seconds(Clock::now() - start);
  std::printf("{\"operations\": %llu, \"seconds\": %.6f, \"operations_per_second\": %.1f}\n",
              static_cast<unsigned long long>(answered), seconds,
              static_cast<double>(answered) / seconds);
}

void Call(const std::string& path, std::size_t size) {
  auto client = parley::Client::Connect(parley::Address::Path(path));
  Bench::Client bench(*client);
  Blob request;
  request.set_data(std::string(size, '\0'));
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    long millis = 0;
    unsigned long in_flight = 0;
    if (std::sscanf(line.c_str(), "latency %ld", &millis) == 1) {
      Latency(bench, request, std::chrono::milliseconds(millis));
    } else if (std::sscanf(line.c_str(), "throughput %ld %lu", &millis, &in_flight) == 2 &&
               in_flight > 0) {
      Throughput(bench, request, std::chrono::milliseconds(millis), in_flight);
    } else {
      std::puts("unsupported");
    }
    std::fflush(stdout);
  }
  client->CloseNow();
}

}  // namespace

int main(int count, char** arguments) {
  std::string path;
  std::size_t size = 0;
  for (int i = 2; i + 1 < count; i += 2) {
    if (std::strcmp(arguments[i], "--path") == 0) path = arguments[i + 1];
    if (std::strcmp(arguments[i], "--size") == 0)
      size = std::strtoul(arguments[i + 1], nullptr, 10);
  }
  if (count < 2 || path.empty()) {
    std::fputs("usage: parley-bench server|client --path P --size N\n", stderr);
    return 2;
  }
  try {
    if (std::strcmp(arguments[1], "server") == 0) {
      Serve(path);
    } else {
      Call(path, size);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "parley-bench: %s\n", e.what());
    return 1;
  }
  return 0;
}
