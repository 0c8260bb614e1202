// The programs of Parley in C++, on generated stubs.
//
//   parley-bench server --path P [--handlers executor] [--poll-micros N]
//   parley-bench client|first --path P [--poll-micros N]
//
// PROGRAMS.md says what they do.
#include <parley/parley.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "bench_client.h"
#include "bench_service.h"
#include "thread_pool.h"

namespace bench {
namespace {

constexpr std::size_t kHandlerThreads = 8;

using Polling = std::optional<std::chrono::microseconds>;

void Serve(const std::string& path, bool on_executor, Polling polling) {
  BenchService service;
  parley::Server::Builder builder(parley::Address::Path(path));
  builder.Service(Bench::Bind(service))
      .MaxCalls(kMostCalls)
      .MaxHandlers(kMostCalls)
      .MaxMessage(kLargestMessage);
  if (polling.has_value()) {
    builder.BusyPoll(*polling);
  }
  if (on_executor) {
    builder.Executor(std::make_shared<ThreadPool>(kHandlerThreads));
  }
  const auto server = builder.Start();
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << (line == "memory" ? Memory().Line() : "unsupported") << std::endl;
  }
  server->CloseNow();
}

void Call(const std::string& path, bool first, Polling polling) {
  BenchClient client(path, polling);
  if (first) {
    client.Call();
    std::cout << "done" << std::endl;
    return;
  }
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << client.Answer(line) << std::endl;
  }
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  std::map<std::string, std::string> options;
  for (int i = 2; i + 1 < count; i += 2) {
    options[arguments[i]] = arguments[i + 1];
  }
  std::optional<std::chrono::microseconds> polling;
  if (!options["--poll-micros"].empty()) {
    polling = std::chrono::microseconds(std::stol(options["--poll-micros"]));
  }
  const std::string role = count > 1 ? arguments[1] : "";
  if (options["--path"].empty()) {
    std::fputs("usage: parley-bench server|client|first --path P [--handlers executor]\n", stderr);
    return 2;
  }
  try {
    if (role == "server") {
      bench::Serve(options["--path"], !options["--handlers"].empty(), polling);
    } else {
      bench::Call(options["--path"], role == "first", polling);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "parley-bench: %s\n", e.what());
    return 1;
  }
  return 0;
}
