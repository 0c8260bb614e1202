// Echo through Cap'n Proto's two-party RPC over a Unix socket. All of a connection's work is done
// by the event loop of one thread.
//
//   capnp-bench server|client|first --path P
#include <capnp/message.h>
#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "bench.capnp.h"
#include "commands.h"

namespace {

using bench::schema::Bench;
using bench::schema::Sink;

/// A message with its data, in Cap'n Proto's words, so that it is allocated at once.
capnp::MessageSize SizeOf(std::size_t bytes) { return {bytes / sizeof(capnp::word) + 32, 1}; }

class EchoService final : public Bench::Server {
 public:
  kj::Promise<void> echo(EchoContext context) override {
    const auto data = context.getParams().getData();
    context.getResults(SizeOf(data.size())).setData(data);
    return kj::READY_NOW;
  }

  kj::Promise<void> echoBack(EchoBackContext context) override {
    const auto data = context.getParams().getData();
    auto request = context.getParams().getCaller().echoRequest(SizeOf(data.size()));
    request.setData(data);
    return request.send().then([context](capnp::Response<Bench::EchoResults> reply) mutable {
      context.getResults(SizeOf(reply.getData().size())).setData(reply.getData());
    });
  }

  kj::Promise<void> flow(FlowContext context) override {
    context.allowCancellation();
    return Flow(context.getParams().getSink(), context.getParams().getSize());
  }

 private:
  /// Until the call is cancelled.
  kj::Promise<void> Flow(Sink::Client sink, std::size_t size) {
    auto request = sink.messageRequest(SizeOf(size));
    request.initData(static_cast<unsigned>(size));
    return request.send().then([this, sink, size]() mutable { return Flow(kj::mv(sink), size); });
  }
};

class CountingSink final : public Sink::Server {
 public:
  CountingSink(std::uint64_t& count, std::size_t size) : count_(count), size_(size) {}

  kj::Promise<void> message(MessageContext context) override {
    if (context.getParams().getData().size() != size_) throw std::runtime_error("a wrong length");
    ++count_;
    return kj::READY_NOW;
  }

 private:
  std::uint64_t& count_;
  const std::size_t size_;
};

kj::Own<kj::NetworkAddress> Address(kj::AsyncIoContext& io, const std::string& path) {
  return io.provider->getNetwork().parseAddress(kj::str("unix:", path.c_str())).wait(io.waitScope);
}

void Serve(const std::string& path) {
  auto io = kj::setupAsyncIo();
  auto address = Address(io, path);
  auto listener = address->listen();
  capnp::TwoPartyServer server(kj::heap<EchoService>());
  const auto listening = server.listen(*listener).eagerlyEvaluate(nullptr);
  auto end = kj::newPromiseAndFulfiller<void>();
  const kj::Executor& loop = kj::getCurrentThreadExecutor();
  std::thread input([&] {
    bench::UntilEndOfInput();
    loop.executeSync([&end] { end.fulfiller->fulfill(); });
  });
  end.promise.wait(io.waitScope);
  input.join();
  unlink(path.c_str());
}

struct Connection {
  explicit Connection(kj::Own<kj::AsyncIoStream> connected)
      : stream(kj::mv(connected)), client(*stream) {}

  kj::Own<kj::AsyncIoStream> stream;
  capnp::TwoPartyClient client;
};

class CapnpClient final : public bench::EchoClient {
 public:
  explicit CapnpClient(const std::string& path)
      : io_(kj::setupAsyncIo()),
        address_(Address(io_, path)),
        connection_(Connect()),
        bench_(connection_->client.bootstrap().castAs<Bench>()) {}

  // KJ's destructors may throw; here there is nobody left to tell.
  ~CapnpClient() noexcept override = default;

  void SetSize(std::size_t bytes) override { message_.assign(bytes, 0); }

  void Echo() override { Send().wait(io_.waitScope); }

  void EchoBack() override {
    auto request = bench_.echoBackRequest(SizeOf(message_.size()));
    request.setData(Message());
    request.setCaller(self_);
    const auto reply = request.send().wait(io_.waitScope);
    Check(reply.getData().size());
  }

  std::uint64_t Callbacks(bench::Clock::duration duration, std::size_t in_flight) override {
    std::uint64_t answered = 0;
    const auto end = bench::Clock::now() + duration;
    auto calls = kj::heapArrayBuilder<kj::Promise<void>>(in_flight);
    for (std::size_t i = 0; i < in_flight; ++i) calls.add(SendUntil(end, answered));
    kj::joinPromises(calls.finish()).wait(io_.waitScope);
    return answered;
  }

  std::uint64_t Stream(bench::Clock::duration duration) override {
    std::uint64_t count = 0;
    auto request = bench_.flowRequest();
    request.setSize(static_cast<std::uint32_t>(message_.size()));
    request.setSink(kj::heap<CountingSink>(count, message_.size()));
    auto& timer = io_.provider->getTimer();
    const auto limit = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
    request.send()
        .ignoreResult()
        .exclusiveJoin(timer.afterDelay(limit * kj::NANOSECONDS))
        .wait(io_.waitScope);
    return count;
  }

  std::size_t Open(std::size_t count) override {
    while (more_.size() > count) more_.pop_back();
    while (more_.size() < count) more_.push_back(Connect());
    return more_.size();
  }

 private:
  kj::Own<Connection> Connect() {
    return kj::heap<Connection>(address_->connect().wait(io_.waitScope));
  }

  capnp::Data::Reader Message() const { return {message_.data(), message_.size()}; }

  void Check(std::size_t size) const {
    if (size != message_.size()) throw std::runtime_error("a wrong length");
  }

  kj::Promise<void> Send() {
    auto request = bench_.echoRequest(SizeOf(message_.size()));
    request.setData(Message());
    return request.send().then(
        [this](capnp::Response<Bench::EchoResults> reply) { Check(reply.getData().size()); });
  }

  kj::Promise<void> SendUntil(bench::Clock::time_point end, std::uint64_t& answered) {
    return Send().then([this, end, &answered]() -> kj::Promise<void> {
      ++answered;
      if (bench::Clock::now() >= end) return kj::READY_NOW;
      return SendUntil(end, answered);
    });
  }

  kj::AsyncIoContext io_;
  kj::Own<kj::NetworkAddress> address_;
  kj::Own<Connection> connection_;
  Bench::Client bench_;
  Bench::Client self_ = kj::heap<EchoService>();
  std::vector<kj::Own<Connection>> more_;
  std::vector<kj::byte> message_;
};

}  // namespace

int main(int count, char** arguments) {
  return bench::Run(count, arguments, Serve,
                    [](const std::string& path) { return std::make_unique<CapnpClient>(path); });
}
