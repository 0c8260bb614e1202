#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>

#include "top/fixture.h"
#include "top/recorded_life.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using Events = std::vector<std::string>;

/// Clients that come back.
class ReconnectTest : public ServerFixture {
 protected:
  Client::Builder Returning() {
    Client::Builder builder(address());
    builder.Reconnect(Soon()).Listener(life_);
    return builder;
  }

  static Reconnect Soon() {
    return Reconnect::kDefault.WithInitialDelay(milliseconds(1)).WithMaxDelay(milliseconds(20));
  }

  static CallOptions Patient() { return CallOptions().WithWaitForReady(true); }

  const std::shared_ptr<RecordedLife> life_ = std::make_shared<RecordedLife>();
};

TEST_F(ReconnectTest, AClientComesBackWhenItsServerDoes) {
  auto server = ServerBuilder().Start();
  const auto client = Returning().Connect();
  EXPECT_EQ(client->Call(kEcho, Text("a")).text, "a");
  server->CloseNow();
  life_->Await("disconnected, will retry", 1);
  server = ServerBuilder().Start();
  EXPECT_EQ(client->Call(kEcho, Text("b"), Patient()).text, "b");
  EXPECT_EQ(client->CallAsync(kEcho, Text("c"), Patient()).get().text, "c");
  EXPECT_TRUE(client->IsOpen());
  client->Close();
  life_->Await("stopped", 1);
  EXPECT_EQ(life_->events().back(), "stopped");
}

TEST_F(ReconnectTest, WhileNoServerIsThereCallsFailAtOnceUnsent) {
  const auto client = Returning().ConnectLater();
  life_->Await("failed", 2);
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("a")); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->SendEvent("e", Text("a")); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  EXPECT_FALSE(client->IsOpen());
}

TEST_F(ReconnectTest, ACallThatWaitsEndsWithItsDeadlineUnsent) {
  const auto client = Returning().ConnectLater();
  const CallOptions bounded = Patient().WithTimeout(milliseconds(20));
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("a"), bounded); }),
            Failed(Code::kDeadlineExceeded, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->CallAsync(kEcho, Text("a"), bounded).get(); }),
            Failed(Code::kDeadlineExceeded, Outcome::kNotSent));
}

TEST_F(ReconnectTest, ACallThatWaitsIsCancelledUnsent) {
  const auto client = Returning().ConnectLater();
  Future<Text> call = client->CallAsync(kEcho, Text("a"), Patient());
  call.Cancel();
  EXPECT_EQ(FailureOf([&] { call.get(); }), Failed(Code::kCancelled, Outcome::kNotSent));
}

TEST_F(ReconnectTest, ClosingAClientEndsTheCallsThatWait) {
  const auto client = Returning().ConnectLater();
  Future<Text> waits = client->CallAsync(kEcho, Text("a"), Patient());
  client->Close();
  EXPECT_EQ(FailureOf([&] { waits.get(); }), Failed(Code::kUnavailable, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("a"), Patient()); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
}

TEST_F(ReconnectTest, CallsAndStreamsWaitForAServerThatIsNotUpYet) {
  const auto client = Returning().ConnectLater();
  Text request("a");
  Future<Text> waits = client->CallAsync(kEcho, request, Patient());
  request.text = "other";
  MessageStream<Text> stream = client->ServerStream(kStream, Text("s"), Patient());
  life_->Await("failed", 1);
  const auto server = ServerBuilder().Start();
  EXPECT_EQ(waits.get().text, "a");
  EXPECT_FALSE(stream.Next().has_value());
}

TEST_F(ReconnectTest, WhatAClientServesSurvivesItsConnections) {
  class CallsBack final : public LifecycleListener {
   public:
    void Connected(Peer& peer) override { peer.Call(kEcho, Text("back")); }
  };
  Gate called;
  const auto client = Returning()
                          .Service(ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(kEcho,
                                              [&called](const Text& request, CallContext&) {
                                                called.Arrive();
                                                return request;
                                              })
                                       .Build())
                          .ConnectLater();
  for (int i = 1; i <= 2; ++i) {
    const auto server = Server::Builder(address()).Listener(std::make_shared<CallsBack>()).Start();
    EXPECT_TRUE(called.AwaitArrivals(i));
    server->CloseNow();
  }
}

TEST_F(ReconnectTest, AServerThatClosesForGoodIsNotComeBackTo) {
  const auto server = ServerBuilder().Start();
  const auto client = Returning().Connect();
  server->CloseForGood();
  client->AwaitClosed();
  life_->Await("stopped", 1);
  EXPECT_EQ(life_->events(), (Events{"started", "connected", "disconnected", "stopped"}));
}

TEST_F(ReconnectTest, ARefusalForGoodIsTheLastAttempt) {
  const auto server = ServerBuilder()
                          .Admit([](const Applicant&) {
                            return Verdict::RefuseForGood(Status(Code::kUnauthenticated, "no"));
                          })
                          .Start();
  const auto client = Returning().ConnectLater();
  client->AwaitClosed();
  life_->Await("stopped", 1);
  EXPECT_EQ(life_->events(), (Events{"started", "failed", "stopped"}));
}

TEST_F(ReconnectTest, ARefusalIsTriedAgain) {
  std::atomic<int> refusals{2};
  const auto server = ServerBuilder()
                          .Admit([&refusals](const Applicant&) {
                            return refusals-- > 0
                                       ? Verdict::Refuse(Status(Code::kUnavailable, "not yet"))
                                       : Verdict::Accept();
                          })
                          .Start();
  const auto client = Returning().ConnectLater();
  EXPECT_EQ(client->Call(kEcho, Text("a"), Patient()).text, "a");
}

TEST_F(ReconnectTest, AClientGivesUpAfterSoManyAttempts) {
  const auto client = Client::Builder(address())
                          .Reconnect(Soon().WithMaxAttempts(3))
                          .Listener(life_)
                          .ConnectLater();
  client->AwaitClosed();
  life_->Await("stopped", 1);
  EXPECT_EQ(life_->events(), (Events{"started", "failed", "failed", "failed", "stopped"}));
}

TEST_F(ReconnectTest, AClientThatStopsReconnectingEnds) {
  const auto client = Returning().ConnectLater();
  life_->Await("failed", 1);
  client->StopReconnecting();
  client->AwaitClosed();
  const auto server = ServerBuilder().Start();
  const auto other = Returning().Connect();
  other->StopReconnecting();
  EXPECT_EQ(other->Call(kEcho, Text("a")).text, "a");
  server->Close();
  other->AwaitClosed();
}

TEST_F(ReconnectTest, AListenerThatThrowsHarmsNothing) {
  class Throws final : public LifecycleListener {
   public:
    void Connected(Peer&) override { throw std::runtime_error("on purpose"); }
  };
  {
    const auto server =
        ServerBuilder().Listener(std::make_shared<Throws>()).Listener(life_).Start();
    const auto client = Client::Builder(address()).Listener(std::make_shared<Throws>()).Connect();
    EXPECT_EQ(client->Call(kEcho, Text("a")).text, "a");
    life_->Await("connected", 1);
  }
  EXPECT_EQ(life_->events(), (Events{"started", "connected", "disconnected", "stopped"}));
}

TEST_F(ReconnectTest, AServerKnowsItsClientsByIdAndWhatIsAttachedToThem) {
  std::promise<std::uint64_t> caller;
  const auto server = Server::Builder(address())
                          .Admit([](const Applicant& applicant) {
                            return Verdict::Accept(applicant.name + "'s badge");
                          })
                          .Service(ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(kEcho,
                                              [&caller](const Text&, CallContext& context) {
                                                caller.set_value(context.peer().id());
                                                return Text(std::any_cast<std::string>(
                                                    context.peer().attachment()));
                                              })
                                       .Build())
                          .Start();
  const auto client = Client::Builder(address()).Name("ada").Connect();
  EXPECT_EQ(client->Call(kEcho, Text("a")).text, "ada's badge");
  const std::uint64_t id = caller.get_future().get();
  ASSERT_NE(server->peer(id), nullptr);
  EXPECT_EQ(server->peer(id)->id(), id);
  EXPECT_EQ(server->peer(id + 1000), nullptr);
  server->peer(id)->Attach(1);
  EXPECT_EQ(std::any_cast<int>(server->peer(id)->attachment()), 1);
  const auto second = Client::Connect(address());
  EXPECT_NE(second->id(), client->id());
  EXPECT_EQ(server->peers().size(), 2u);
}

TEST_F(ReconnectTest, AServerTakesNoMoreConnectionsThanItMay) {
  const auto server = ServerBuilder().MaxConnections(1).Start();
  const auto first = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { Client::Connect(address()); }),
            Failed(Code::kResourceExhausted, Outcome::kNotSent));
  EXPECT_EQ(first->Call(kEcho, Text("a")).text, "a");
  first->Close();
  const auto second = Returning().ConnectLater();
  EXPECT_EQ(second->Call(kEcho, Text("b"), Patient()).text, "b");
}

TEST_F(ReconnectTest, WhereAServerIsThereAlreadyTryStartGivesNone) {
  const auto server = ServerBuilder().TryStart();
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(ServerBuilder().TryStart(), nullptr);
  EXPECT_THROW(ServerBuilder().AnyClientUser().Start(), std::invalid_argument);
}

TEST_F(ReconnectTest, TheWaitBeforeAnAttemptIsBoundedAndGrows) {
  const Reconnect reconnect = Reconnect::kDefault.WithInitialDelay(milliseconds(10))
                                  .WithMultiplier(3)
                                  .WithMaxDelay(milliseconds(50));
  EXPECT_EQ(reconnect.Bound(0), milliseconds(10));
  EXPECT_EQ(reconnect.Bound(1), milliseconds(30));
  EXPECT_EQ(reconnect.Bound(2), milliseconds(50));
  EXPECT_EQ(reconnect.Bound(5000), milliseconds(50));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LE(reconnect.Delay(1), milliseconds(30));
    EXPECT_GE(reconnect.Delay(1), milliseconds(0));
  }
  EXPECT_THROW(reconnect.WithMultiplier(0.5), std::invalid_argument);
  EXPECT_THROW(reconnect.WithInitialDelay(milliseconds(-1)), std::invalid_argument);
}

}  // namespace
}  // namespace parley
