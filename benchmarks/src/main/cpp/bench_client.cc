#include "bench_client.h"

#include <malloc.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <future>
#include <map>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace bench {
namespace {

Blob BlobOf(std::size_t bytes) {
  Blob blob;
  blob.set_data(std::string(bytes, '\0'));
  return blob;
}

void Check(const Blob& reply, const Blob& request) {
  if (reply.data().size() != request.data().size()) {
    throw std::runtime_error("a reply of " + std::to_string(reply.data().size()) + " bytes");
  }
}

std::unique_ptr<parley::Client> Connect(const parley::Address& address, BenchService& service) {
  return parley::Client::Builder(address)
      .Service(Bench::Bind(service))
      .MaxMessage(kLargestMessage)
      .Connect();
}

}  // namespace

BenchClient::BenchClient(const std::string& path)
    : address_(parley::Address::Path(path)),
      client_(Connect(address_, service_)),
      bench_(*client_),
      request_(BlobOf(64)) {}

std::string BenchClient::Answer(const std::string& line) {
  char word[32] = "";
  long first = 0;
  long second = 0;
  const int words = std::sscanf(line.c_str(), "%31s %ld %ld", word, &first, &second);
  const Millis duration(first);
  const auto number = static_cast<std::size_t>(second);
  const std::map<std::string, std::function<Figures()>> commands[] = {
      {},
      {{"memory", [] { return Memory(); }}},
      {{"size",
        [&] {
          SetSize(static_cast<std::size_t>(first));
          return Figures();
        }},
       {"latency", [&] { return TimedCalls(duration, [this] { Call(); }); }},
       {"async-latency",
        [&] {
          return TimedCalls(duration,
                            [this] { Check(bench_.EchoAsync(request_).get(), request_); });
        }},
       {"reentrant-latency",
        [&] {
          return TimedCalls(duration, [this] { Check(bench_.EchoBack(request_), request_); });
        }},
       {"calls", [&] { return CountedCalls(first); }},
       {"stream", [&] { return Stream(duration); }},
       {"open", [&] { return OpenConnections(static_cast<std::size_t>(first)); }}},
      {{"paced", [&] { return PacedCalls(duration, second); }},
       {"callbacks", [&] { return CallbackCalls(duration, number); }},
       {"producer", [&] { return ProducerCalls(duration, number); }},
       {"callers", [&] { return CallersAtOnce(duration, number); }},
       {"beside-sleep", [&] { return CallsBesideSleep(duration, second); }},
       {"beside-transfer", [&] { return CallsBesideTransfer(duration, number); }}}};
  const auto& fitting = commands[words < 0 ? 0 : words];
  const auto command = fitting.find(word);
  return command == fitting.end() ? "unsupported" : command->second().Line();
}

void BenchClient::SetSize(std::size_t bytes) { request_ = BlobOf(bytes); }

void BenchClient::Call() const { Check(bench_.Echo(request_), request_); }

Figures BenchClient::TimedCalls(Millis duration, const std::function<void()>& call) const {
  Times times;
  const auto start = Clock::now();
  auto last = start;
  while (last - start < duration) {
    call();
    const auto now = Clock::now();
    times.Record(now - last);
    last = now;
  }
  Figures figures;
  times.AddTo(figures, last - start);
  return figures;
}

Figures BenchClient::PacedCalls(Millis duration, long rate) const {
  Times times;
  const auto start = Clock::now();
  const std::chrono::nanoseconds step(1'000'000'000 / rate);
  for (auto due = start; due - start < duration; due += step) {
    std::this_thread::sleep_until(due);
    const auto before = Clock::now();
    Call();
    times.Record(Clock::now() - before);
  }
  Figures figures;
  times.AddTo(figures, Clock::now() - start);
  return figures;
}

Figures BenchClient::CountedCalls(long count) const {
  for (long i = 0; i < count; ++i) {
    Call();
  }
  return std::move(Figures().Add("operations", static_cast<double>(count)));
}

namespace {

// Calls each of which is started by the end of the one before, on the thread that ends it.
class Chain {
 public:
  Chain(parley::Client& client, const Blob& request, const std::atomic<bool>& time_is_up)
      : client_(client), request_(request), time_is_up_(time_is_up) {}

  void Next() {
    auto call = std::make_shared<parley::TypedClientCall<Blob>>(
        Bench::kEcho, request_, parley::CallOptions(), parley::ClientCall::Waits::kNot);
    call->OnEnd([this](const parley::CallEnd& end) { Done(end); });
    client_.StartCall(std::move(call));
  }

  /// Waits for the last call; how many there were.
  std::uint64_t Await() {
    ended_.get_future().get();
    return answered_;
  }

 private:
  void Done(const parley::CallEnd& end) {
    Blob reply;
    if (end.failure != nullptr) {
      ended_.set_exception(std::make_exception_ptr(*end.failure));
    } else if (!reply.ParseFromArray(end.reply.data(), static_cast<int>(end.reply.size())) ||
               reply.data().size() != request_.data().size()) {
      ended_.set_exception(std::make_exception_ptr(std::runtime_error("a wrong reply")));
    } else if (++answered_; time_is_up_.load(std::memory_order_relaxed)) {
      ended_.set_value();
    } else {
      Next();
    }
  }

  parley::Client& client_;
  const Blob& request_;
  const std::atomic<bool>& time_is_up_;
  std::uint64_t answered_ = 0;
  std::promise<void> ended_;
};

}  // namespace

Figures BenchClient::CallbackCalls(Millis duration, std::size_t in_flight) const {
  std::atomic<bool> time_is_up{false};
  std::deque<Chain> chains;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < in_flight; ++i) {
    chains.emplace_back(*client_, request_, time_is_up).Next();
  }
  std::this_thread::sleep_for(duration);
  time_is_up = true;
  std::uint64_t answered = 0;
  for (Chain& chain : chains) {
    answered += chain.Await();
  }
  return std::move(Figures().AddRate(answered, Clock::now() - start));
}

// Waits for the oldest call before it starts another one, as futures can be waited for only.
Figures BenchClient::ProducerCalls(Millis duration, std::size_t in_flight) const {
  std::deque<std::future<Blob>> calls;
  std::uint64_t answered = 0;
  const auto take = [&] {
    Check(calls.front().get(), request_);
    calls.pop_front();
    ++answered;
  };
  const auto start = Clock::now();
  while (Clock::now() - start < duration) {
    if (calls.size() == in_flight) {
      take();
    }
    calls.push_back(bench_.EchoAsync(request_));
  }
  while (!calls.empty()) {
    take();
  }
  return std::move(Figures().AddRate(answered, Clock::now() - start));
}

Figures BenchClient::CallersAtOnce(Millis duration, std::size_t callers) const {
  std::promise<void> begin;
  const std::shared_future<void> begun = begin.get_future().share();
  std::vector<std::future<Times>> made;
  for (std::size_t i = 0; i < callers; ++i) {
    made.push_back(std::async(std::launch::async, [&] {
      Times times;
      begun.wait();
      const auto start = Clock::now();
      for (auto last = start; last - start < duration;) {
        Call();
        const auto now = Clock::now();
        times.Record(now - last);
        last = now;
      }
      return times;
    }));
  }
  const auto start = Clock::now();
  begin.set_value();
  Times all;
  std::size_t fewest = SIZE_MAX;
  std::size_t most = 0;
  for (std::future<Times>& one : made) {
    const Times times = one.get();
    fewest = std::min(fewest, times.count());
    most = std::max(most, times.count());
    all.Add(times);
  }
  const auto time = Clock::now() - start;
  Figures figures;
  all.AddTo(figures, time);
  figures.AddRate(all.count(), time);
  figures.Add("fewest", static_cast<double>(fewest)).Add("most", static_cast<double>(most));
  return figures;
}

Figures BenchClient::Stream(Millis duration) const {
  FlowRequest flow;
  flow.set_size(static_cast<std::uint32_t>(request_.data().size()));
  std::uint64_t read = 0;
  const auto start = Clock::now();
  {
    auto messages = bench_.Flow(flow);
    Blob message;
    // The clock costs too much to be asked for each message.
    while (read % 64 != 0 || Clock::now() - start < duration) {
      if (!messages.Next(&message)) {
        throw std::runtime_error("the stream has ended");
      }
      Check(message, request_);
      ++read;
    }
  }
  return std::move(Figures().AddRate(read, Clock::now() - start));
}

Figures BenchClient::CallsBesideSleep(Millis duration, long nap_millis) const {
  constexpr std::chrono::microseconds kHeadStarts[] = {std::chrono::microseconds(0),
                                                       std::chrono::microseconds(300),
                                                       std::chrono::microseconds(5000)};
  Nap nap;
  nap.set_millis(static_cast<std::uint32_t>(nap_millis));
  Times times;
  const auto start = Clock::now();
  for (std::size_t i = 0; Clock::now() - start < duration; ++i) {
    const auto due = Clock::now() + kHeadStarts[i % 3];
    std::future<Blob> sleeper = bench_.SleepAsync(nap);
    std::this_thread::sleep_until(due);
    const auto before = Clock::now();
    Call();
    times.Record(Clock::now() - before);
    sleeper.get();
  }
  Figures figures;
  times.AddTo(figures, Clock::now() - start);
  return figures;
}

Figures BenchClient::CallsBesideTransfer(Millis duration, std::size_t bytes) const {
  const auto start = Clock::now();
  std::atomic<bool> transferring{true};
  std::future<double> transfer = std::async(std::launch::async, [&] {
    const Blob large = BlobOf(bytes);
    double transferred = 0;
    do {
      Check(bench_.Echo(large), large);
      transferred += static_cast<double>(bytes);
    } while (Clock::now() - start < duration);
    transferring = false;
    return transferred;
  });
  Times times;
  while (transferring && Clock::now() - start < duration) {
    const auto before = Clock::now();
    Call();
    times.Record(Clock::now() - before);
  }
  Figures figures;
  times.AddTo(figures, Clock::now() - start);
  figures.Add("transferred_bytes", transfer.get());
  return figures;
}

Figures BenchClient::OpenConnections(std::size_t connections) {
  if (idle_.size() > connections) {
    idle_.resize(connections);
  }
  try {
    while (idle_.size() < connections) {
      idle_.push_back(parley::Client::Connect(address_));
    }
  } catch (const parley::RpcException& e) {
    std::fprintf(stderr, "after %zu connections: %s\n", idle_.size(), e.what());
  }
  return std::move(Figures().Add("connections", static_cast<double>(idle_.size())));
}

Figures Memory() {
  malloc_trim(0);
  return std::move(Figures().Add("heap_bytes", static_cast<double>(mallinfo2().uordblks)));
}

}  // namespace bench
