#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "top/fixture.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using Names = std::vector<std::string>;

/// Clients that send one request at a time.
class TurnTest : public ServerFixture {
 protected:
  std::unique_ptr<Client> InTurns() {
    Client::Builder builder(address());
    builder.OneAtATime();
    return builder.Connect();
  }

  std::unique_ptr<Server> Serve(std::function<void(Peer& peer)> within) {
    return Server::Builder(address())
        .Service(ServiceDefinition::Builder("test.v1.Text")
                     .Unary(kEcho,
                            [this, within = std::move(within)](const Text& request,
                                                               CallContext& context) {
                              {
                                std::lock_guard<std::mutex> lock(mutex_);
                                served_.push_back(request.text);
                              }
                              if (request.text == "bad") {
                                throw RpcException(Code::kNotFound, "bad");
                              }
                              within(context.peer());
                              return request;
                            })
                     .Build())
        .Start();
  }

  Names served() {
    std::lock_guard<std::mutex> lock(mutex_);
    return served_;
  }

  std::mutex mutex_;
  Names served_;
};

TEST_F(TurnTest, OneCallRunsAtATimeAndInOrder) {
  std::atomic<int> running{0};
  std::atomic<bool> beside{false};
  const auto server = Serve([&](Peer& peer) {
    beside = ++running > 1 || beside;
    // What the client has sent by now has been read when this is answered.
    peer.Ping().get();
    --running;
  });
  const auto client = InTurns();
  std::vector<Future<Text>> calls;
  Names sent;
  for (int i = 0; i < 200; ++i) {
    sent.push_back(std::to_string(i));
    calls.push_back(client->CallAsync(kEcho, Text(sent.back())));
  }
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(calls[i].get().text, sent[i]);
  }
  EXPECT_EQ(served(), sent);
  EXPECT_FALSE(beside);
  EXPECT_EQ(client->Call(kEcho, Text("last")).text, "last");
}

TEST_F(TurnTest, ACallThatFailsLetsTheNextOneGo) {
  const auto server = Serve([](Peer&) {});
  const auto client = InTurns();
  auto bad = client->CallAsync(kEcho, Text("bad"));
  auto good = client->CallAsync(kEcho, Text("good"));
  EXPECT_EQ(FailureOf([&] { bad.get(); }), Failed(Code::kNotFound, Outcome::kReplied));
  EXPECT_EQ(good.get().text, "good");
}

TEST_F(TurnTest, ACallThatEndsWhileItWaitsWasNeverSent) {
  const auto server = Serve([this](Peer&) { held_.Pass(); });
  const auto client = InTurns();
  auto first = client->CallAsync(kEcho, Text("first"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  const CallOptions soon = CallOptions().WithTimeout(milliseconds(50));
  auto late = client->CallAsync(kEcho, Text("late"), soon);
  auto cancelled = client->CallAsync(kEcho, Text("cancelled"));
  auto last = client->CallAsync(kEcho, Text("last"));
  EXPECT_EQ(FailureOf([&] { late.get(); }), Failed(Code::kDeadlineExceeded, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("blocks"), soon); }),
            Failed(Code::kDeadlineExceeded, Outcome::kNotSent));
  cancelled.Cancel();
  held_.Open();
  EXPECT_EQ(first.get().text, "first");
  EXPECT_EQ(last.get().text, "last");
  EXPECT_EQ(served(), (Names{"first", "last"}));
}

TEST_F(TurnTest, AClientThatClosesEndsTheCallsThatWait) {
  const auto server = Serve([this](Peer&) { held_.Pass(); });
  const auto client = InTurns();
  auto first = client->CallAsync(kEcho, Text("first"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  auto second = client->CallAsync(kEcho, Text("second"));
  client->CloseNow();
  EXPECT_EQ(FailureOf([&] { first.get(); }).second, Outcome::kUnknown);
  EXPECT_EQ(FailureOf([&] { second.get(); }).second, Outcome::kNotSent);
  held_.Open();
}

}  // namespace
}  // namespace parley
