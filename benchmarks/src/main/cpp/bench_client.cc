#include "bench_client.h"

#include <malloc.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <future>
#include <map>
#include <mutex>
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

std::unique_ptr<parley::Client> Connect(const parley::Address& address, BenchService& service,
                                        std::optional<std::chrono::microseconds> polling) {
  parley::Client::Builder builder(address);
  builder.Service(Bench::Bind(service)).MaxMessage(kLargestMessage);
  if (polling.has_value()) {
    builder.BusyPoll(*polling);
  }
  return builder.Connect();
}

}  // namespace

BenchClient::BenchClient(const std::string& path, std::optional<std::chrono::microseconds> polling)
    : address_(parley::Address::Path(path)),
      client_(Connect(address_, service_, polling)),
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

// Calls each of which is started by the end of the one before, on the thread that ends it. The call
// holds it: after a failure of another one it outlives whoever waits.
class Chain : public std::enable_shared_from_this<Chain> {
 public:
  Chain(parley::Client& client, const Blob& request,
        std::shared_ptr<const std::atomic<bool>> time_is_up)
      : client_(client), request_(request), time_is_up_(std::move(time_is_up)) {}

  void Next() {
    client_.CallThen(Bench::kEcho, request_,
                     [self = shared_from_this()](const std::optional<Blob>& reply,
                                                 const parley::RpcException* failure) {
                       self->Done(reply, failure);
                     });
  }

  /// Waits for the last call; how many there were.
  std::uint64_t Await() {
    ended_.get_future().get();
    return answered_;
  }

 private:
  void Done(const std::optional<Blob>& reply, const parley::RpcException* failure) {
    if (failure != nullptr) {
      ended_.set_exception(std::make_exception_ptr(*failure));
    } else if (reply->data().size() != request_.data().size()) {
      ended_.set_exception(std::make_exception_ptr(std::runtime_error("a wrong reply")));
    } else if (++answered_; time_is_up_->load(std::memory_order_relaxed)) {
      ended_.set_value();
    } else {
      Next();
    }
  }

  parley::Client& client_;
  const Blob& request_;
  const std::shared_ptr<const std::atomic<bool>> time_is_up_;
  std::uint64_t answered_ = 0;
  std::promise<void> ended_;
};

}  // namespace

Figures BenchClient::CallbackCalls(Millis duration, std::size_t in_flight) const {
  const auto time_is_up = std::make_shared<std::atomic<bool>>(false);
  std::vector<std::shared_ptr<Chain>> chains;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < in_flight; ++i) {
    chains.push_back(std::make_shared<Chain>(*client_, request_, time_is_up));
    chains.back()->Next();
  }
  std::this_thread::sleep_for(duration);
  *time_is_up = true;
  std::uint64_t answered = 0;
  for (const auto& chain : chains) {
    answered += chain->Await();
  }
  return std::move(Figures().AddRate(answered, Clock::now() - start));
}

namespace {

// Room for so many calls; what has failed is told to whoever takes room.
class Room {
 public:
  explicit Room(std::size_t places) : places_(places) {}

  void Take(std::size_t places = 1) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return places_ >= places || failure_.has_value(); });
    if (failure_.has_value()) {
      throw parley::RpcException(*failure_);
    }
    places_ -= places;
  }

  void Give(const parley::RpcException* failure) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (failure != nullptr) {
      failure_.emplace(*failure);
    }
    ++places_;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t places_;
  std::optional<parley::RpcException> failure_;
};

}  // namespace

Figures BenchClient::ProducerCalls(Millis duration, std::size_t in_flight) const {
  // Shared with the calls: after a failure they outlive this.
  const auto room = std::make_shared<Room>(in_flight);
  std::uint64_t issued = 0;
  const auto start = Clock::now();
  // The clock costs too much to be asked for each call.
  while (issued % 64 != 0 || Clock::now() - start < duration) {
    room->Take();
    client_->CallThen(Bench::kEcho, request_,
                      [room](const std::optional<Blob>&, const parley::RpcException* failure) {
                        room->Give(failure);
                      });
    ++issued;
  }
  room->Take(in_flight);
  return std::move(Figures().AddRate(issued, Clock::now() - start));
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
    parley::Future<Blob> sleeper = bench_.SleepAsync(nap);
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
