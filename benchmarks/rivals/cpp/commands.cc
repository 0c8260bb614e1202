#include "commands.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

#include "times.h"

namespace bench {
namespace {

constexpr std::size_t kFirstSize = 64;

/// Room for so many calls at once; completing one makes room for the next.
class Room {
 public:
  explicit Room(std::size_t size) : size_(size) {}

  void Enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    left_.wait(lock, [this] { return open_ < size_; });
    ++open_;
  }

  void Leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    --open_;
    left_.notify_one();
  }

  void UntilEmpty() {
    std::unique_lock<std::mutex> lock(mutex_);
    left_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  const std::size_t size_;
  std::size_t open_ = 0;
};

/// Makes calls one after the other for so long, timing each.
template <class Operation>
Times Repeat(Clock::duration duration, Operation operation) {
  Times times;
  const auto start = Clock::now();
  auto last = start;
  while (last - start < duration) {
    operation();
    const auto now = Clock::now();
    times.Add(now - last);
    last = now;
  }
  times.Took(last - start);
  return times;
}

Times Paced(EchoClient& client, Clock::duration duration, long rate) {
  Times times;
  const auto pause = std::chrono::nanoseconds(std::chrono::seconds(1)) / rate;
  const auto start = Clock::now();
  for (auto next = start; next - start < duration; next += pause) {
    std::this_thread::sleep_until(next);
    const auto begin = Clock::now();
    client.Echo();
    times.Add(Clock::now() - begin);
  }
  times.Took(Clock::now() - start);
  return times;
}

std::string Producer(EchoClient& client, Clock::duration duration, std::size_t in_flight) {
  Room room(in_flight);
  std::mutex mutex;
  std::vector<Call*> idle;
  std::vector<std::unique_ptr<Call>> calls(in_flight);
  for (auto& call : calls) {
    call = client.NewCall([&call, &idle, &mutex, &room] {
      {
        std::lock_guard<std::mutex> lock(mutex);
        idle.push_back(call.get());
      }
      room.Leave();
    });
    idle.push_back(call.get());
  }
  const auto start = Clock::now();
  std::uint64_t operations = 0;
  for (; Clock::now() - start < duration; ++operations) {
    room.Enter();
    Call* call;
    {
      std::lock_guard<std::mutex> lock(mutex);
      call = idle.back();
      idle.pop_back();
    }
    call->Start();
  }
  room.UntilEmpty();
  return Rate(operations, Clock::now() - start);
}

std::string Callers(EchoClient& client, Clock::duration duration, std::size_t count) {
  if (!client.HasManyCallers()) throw Unsupported();
  std::vector<Times> each(count);
  std::vector<std::exception_ptr> failures(count);
  std::vector<std::thread> threads;
  std::mutex gate;
  std::unique_lock<std::mutex> closed(gate);
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      { std::lock_guard<std::mutex> open(gate); }
      try {
        each[i] = Repeat(duration, [&client] { client.Echo(); });
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  const auto start = Clock::now();
  closed.unlock();
  for (std::thread& thread : threads) thread.join();
  const auto took = Clock::now() - start;
  Times all;
  std::size_t fewest = each[0].Count();
  std::size_t most = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (failures[i]) std::rethrow_exception(failures[i]);
    all.Add(each[i]);
    fewest = std::min(fewest, each[i].Count());
    most = std::max(most, each[i].Count());
  }
  all.Took(took);
  std::ostringstream figures;
  figures << all.Figures() << ", \"operations_per_second\": " << std::fixed
          << PerSecond(all.Count(), took) << ", \"fewest\": " << fewest << ", \"most\": " << most;
  return figures.str();
}

template <class Rated>
std::string Measured(Rated rated) {
  const auto start = Clock::now();
  const std::uint64_t operations = rated();
  return Rate(operations, Clock::now() - start);
}

/// Carries out one command, and returns its figures.
std::string Answer(EchoClient& client, const std::string& line) {
  std::istringstream words(line);
  std::string command;
  long first = 0;
  long second = 0;
  words >> command >> first >> second;
  const auto duration = std::chrono::milliseconds(first);
  const auto many = static_cast<std::size_t>(second);
  if (command == "size") {
    client.SetSize(static_cast<std::size_t>(first));
    return "";
  }
  if (command == "latency") return Repeat(duration, [&] { client.Echo(); }).Figures();
  if (command == "async-latency") return Repeat(duration, [&] { client.AsyncEcho(); }).Figures();
  if (command == "reentrant-latency") return Repeat(duration, [&] { client.EchoBack(); }).Figures();
  if (command == "paced" && second > 0) return Paced(client, duration, second).Figures();
  if (command == "calls") {
    for (long i = 0; i < first; ++i) client.Echo();
    return "\"operations\": " + std::to_string(first);
  }
  if (command == "callbacks" && second > 0) {
    return Measured([&] { return client.Callbacks(duration, many); });
  }
  if (command == "producer" && second > 0) return Producer(client, duration, many);
  if (command == "callers" && second > 0) return Callers(client, duration, many);
  if (command == "stream") return Measured([&] { return client.Stream(duration); });
  if (command == "open") {
    return "\"connections\": " + std::to_string(client.Open(static_cast<std::size_t>(first)));
  }
  throw Unsupported();
}

void AnswerCommands(EchoClient& client) {
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      const std::string figures = Answer(client, line);
      std::cout << '{' << figures << '}' << std::endl;
    } catch (const Unsupported& unsupported) {
      std::cout << unsupported.what() << std::endl;
    }
  }
}

}  // namespace

void UntilEndOfInput() {
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) std::cout << Unsupported().what() << std::endl;
}

int Run(int count, char** arguments, const Serve& serve, const Connect& connect) {
  if (count != 4 || std::strcmp(arguments[2], "--path") != 0) {
    std::fprintf(stderr, "usage: %s server|client|first --path P\n", arguments[0]);
    return 2;
  }
  const std::string_view role = arguments[1];
  const std::string path = arguments[3];
  try {
    if (role == "server") {
      serve(path);
      return 0;
    }
    const auto client = connect(path);
    client->SetSize(kFirstSize);
    if (role == "client") {
      AnswerCommands(*client);
    } else {
      client->Echo();
      std::cout << "done" << std::endl;
    }
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s %s: %s\n", arguments[0], arguments[1], failure.what());
    return 1;
  }
}

}  // namespace bench
