#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/program.h"
#include "top/fixture.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Servers that are started when none answers, and that end when nobody needs them.
class SpinTest : public ServerFixture {
 protected:
  std::string log() const { return directory_ / "log"; }

  Client::Builder Spinning() {
    Client::Builder builder(address());
    builder.SpinUp(SpinUp::Command({PARLEY_TEXT_PEER, "spin", directory_ / "s.sock", log()}));
    return builder;
  }

  int Begun() const {
    std::ifstream lines(log());
    int count = 0;
    for (std::string line; std::getline(lines, line);) {
      ++count;
    }
    return count;
  }

  bool Exists() const { return ::access((directory_ / "s.sock").c_str(), F_OK) == 0; }

  void AwaitGone() const {
    while (Exists()) {
      std::this_thread::yield();
    }
  }

  /// What the attempt to connect fails with.
  std::string FailureOfConnect(const SpinUp& spin_up) {
    Client::Builder builder(address());
    try {
      builder.SpinUp(spin_up).Connect();
    } catch (const RpcException& failure) {
      EXPECT_EQ(failure.code(), Code::kUnavailable);
      EXPECT_EQ(failure.outcome(), Outcome::kNotSent);
      return failure.what();
    }
    ADD_FAILURE() << "it connected";
    return {};
  }
};

TEST_F(SpinTest, AServerIsStartedWhenNoneAnswersAndEndsWhenNobodyIsThere) {
  {
    const auto client = Spinning().Connect();
    EXPECT_EQ(client->Call(kEcho, Text("a")).text, "a");
    EXPECT_EQ(Spinning().Connect()->Call(kEcho, Text("b")).text, "b");
    EXPECT_EQ(Begun(), 1);
  }
  AwaitGone();
  EXPECT_EQ(Spinning().Connect()->Call(kEcho, Text("c")).text, "c");
  EXPECT_EQ(Begun(), 2);
}

TEST_F(SpinTest, AHundredClientsWithTwoHundredRoundsLoseNoCall) {
  constexpr int kClients = 100;
  constexpr int kRounds = 200;
  std::atomic<int> answered{0};
  std::atomic<int> lost{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        try {
          const auto client = Spinning().Connect();
          const std::string text = std::to_string(i) + "." + std::to_string(round);
          answered += client->Call(kEcho, Text(text)).text == text ? 1 : 0;
        } catch (const RpcException& failure) {
          ++lost;
          ADD_FAILURE() << failure.what();
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(answered, kClients * kRounds);
  EXPECT_EQ(lost, 0);
  AwaitGone();
}

TEST_F(SpinTest, ClientsThatComeOneByOneEachFindOrStartAServer) {
  for (int round = 0; round < 200; ++round) {
    ASSERT_EQ(Spinning().Connect()->Call(kEcho, Text("a")).text, "a");
  }
  EXPECT_GT(Begun(), 1);
}

TEST_F(SpinTest, OfManyClientsAtOnceOneStartsTheServer) {
  std::mutex mutex;
  std::unique_ptr<Server> server;
  std::atomic<int> starts{0};
  const SpinUp spin_up = SpinUp::By([&] {
    ++starts;
    std::lock_guard<std::mutex> lock(mutex);
    server = ServerBuilder().Start();
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      Client::Builder builder(address());
      const auto client = builder.SpinUp(spin_up).Connect();
      EXPECT_EQ(client->Call(kEcho, Text("a")).text, "a");
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(starts, 1);
}

TEST_F(SpinTest, AClientThatReconnectsHasItsServerStartedAgain) {
  auto builder = Spinning();
  const auto client =
      builder.Reconnect(Reconnect::kDefault.WithInitialDelay(milliseconds(1))).Connect();
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("die")); }).second, Outcome::kUnknown);
  EXPECT_EQ(client->Call(kEcho, Text("a"), CallOptions().WithWaitForReady(true)).text, "a");
  EXPECT_EQ(Begun(), 2);
}

TEST_F(SpinTest, ACommandThatFailsIsToldOf) {
  EXPECT_NE(FailureOfConnect(SpinUp::Command({"false"})).find("false ended with code 1"),
            std::string::npos);
  EXPECT_NE(FailureOfConnect(SpinUp::Command({"/no/such/program"})).find("/no/such/program"),
            std::string::npos);
  EXPECT_NE(FailureOfConnect(SpinUp::By([] {
              throw std::runtime_error("on purpose");
            })).find("on purpose"),
            std::string::npos);
}

TEST_F(SpinTest, ACommandThatIsNotReadyInTimeIsToldOf) {
  EXPECT_NE(FailureOfConnect(SpinUp::Command({"sleep", "60"}).WithTimeout(milliseconds(100)))
                .find("not ready in time"),
            std::string::npos);
}

TEST_F(SpinTest, AServerWithAClientDoesNotEndByItself) {
  const auto server = ServerBuilder().SpinDown(milliseconds(1)).Start();
  const auto client = Client::Connect(address());
  auto held = client->CallAsync(kHold, Text("a"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(client->Call(kEcho, Text("b")).text, "b");
  }
  held_.Open();
  EXPECT_EQ(held.get().text, "held a");
  client->Close();
  server->AwaitClosed();
  EXPECT_FALSE(Exists());
}

TEST_F(SpinTest, AnAddressWithoutAPathCannotBeLocked) {
  Client::Builder builder(Address::Inherited(0));
  EXPECT_THROW(builder.SpinUp(SpinUp::Command({"true"})), std::invalid_argument);
}

}  // namespace
}  // namespace parley
