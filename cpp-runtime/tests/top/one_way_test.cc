#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "fixture.h"

namespace parley {
namespace {

constexpr TextMethod kNote{"test.v1.Notes/Note", Shape::kOneWay};
constexpr TextMethod kCount{"test.v1.Notes/Count", Shape::kUnary};

/// A reply that no bytes make.
struct NeedsContent : Text {
  bool ParseFromArray(const void*, int) { return false; }
};

class OneWayTest : public ServerFixture {
 protected:
  /// Keeps what it is sent, with its sender and metadata.
  ServiceDefinition Notes() {
    return ServiceDefinition::Builder("test.v1.Notes")
        .OneWay(kNote,
                [this](const Text& request, EventContext& context) {
                  seen_.push_back(std::string(context.name()) + " " + request.text + " " +
                                  std::string(context.metadata().Get("k").value_or("-")));
                  come_.Arrive();
                })
        .Unary(kCount, [](const Text& request, CallContext&) { return request; })
        .Build();
  }

  std::vector<std::string> seen_;
  Gate come_;
};

TEST_F(OneWayTest, RequestsReachTheirHandlerInOrderAndNobodyWaits) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  client->Send(kNote, Text("0"), CallOptions().WithMetadata({{"k", "v"}}));
  for (int i = 1; i < 100; ++i) client->Send(kNote, Text(std::to_string(i)));
  ASSERT_TRUE(come_.AwaitArrivals(100));
  EXPECT_EQ(seen_[0], "test.v1.Notes/Note 0 v");
  for (int i = 1; i < 100; ++i) {
    EXPECT_EQ(seen_[i], "test.v1.Notes/Note " + std::to_string(i) + " -");
  }
}

TEST_F(OneWayTest, EventsAndOneWayRequestsKeepTheirOrder) {
  const auto server = Server::Builder(address())
                          .Service(Notes())
                          .OnEvent<Text>("plain",
                                         [&](const Text& event, EventContext&) {
                                           seen_.push_back(event.text);
                                           come_.Arrive();
                                         })
                          .Start();
  const auto client = Client::Connect(address());
  client->SendEvent("plain", Text("1"));
  client->Send(kNote, Text("2"));
  client->SendEvent("plain", Text("3"));
  ASSERT_TRUE(come_.AwaitArrivals(3));
  EXPECT_EQ(seen_, (std::vector<std::string>{"1", "test.v1.Notes/Note 2 -", "3"}));
}

TEST_F(OneWayTest, TheServerSendsOneWayRequestsToItsClients) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address()).Service(Notes()).Connect();
  server->peers().at(0)->Send(kNote, Text("hello"));
  ASSERT_TRUE(come_.AwaitArrivals(1));
  EXPECT_EQ(seen_.at(0), "test.v1.Notes/Note hello -");
}

TEST_F(OneWayTest, AHandlerOfACallSendsBackOnItsConnection) {
  const auto server = Server::Builder(address())
                          .Service(ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(kEcho,
                                              [](const Text& request, CallContext& context) {
                                                context.peer().Send(kNote, request);
                                                return request;
                                              })
                                       .Build())
                          .Start();
  const auto client = Client::Builder(address()).Service(Notes()).Connect();
  EXPECT_EQ(client->Call(kEcho, Text("back")).text, "back");
  ASSERT_TRUE(come_.AwaitArrivals(1));
  EXPECT_EQ(seen_.at(0), "test.v1.Notes/Note back -");
}

TEST_F(OneWayTest, ServicesInThisProcessTakeThemToo) {
  InProcess peer({Notes()});
  peer.Send(kNote, Text("near"));
  ASSERT_TRUE(come_.AwaitArrivals(1));
  EXPECT_EQ(seen_.at(0), "test.v1.Notes/Note near -");
}

TEST_F(OneWayTest, AOneWayMethodThatIsCalledWasNotRun) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  constexpr TextMethod called{"test.v1.Notes/Note", Shape::kUnary};
  EXPECT_EQ(FailureOf([&] { client->Call(called, Text("x")); }),
            Failed(Code::kUnimplemented, Outcome::kRejected));
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(client->Call(kCount, Text("lives")).text, "lives");
}

TEST_F(OneWayTest, AnEventNamedAsACalledMethodIsDropped) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  client->SendEvent(kCount.full_name(), Text("x"));
  client->Send(kNote, Text("next"));
  ASSERT_TRUE(come_.AwaitArrivals(1));
  EXPECT_EQ(seen_, (std::vector<std::string>{"test.v1.Notes/Note next -"}));
}

TEST_F(OneWayTest, TheProtocolsOwnServicesMayHaveOneWayMethods) {
  constexpr TextMethod own{"parley.test.v1.Own/Note", Shape::kOneWay};
  Gate come;
  const auto server =
      Server::Builder(address())
          .Service(ServiceDefinition::Builder("parley.test.v1.Own")
                       .OneWay(own, [&](const Text&, EventContext&) { come.Arrive(); })
                       .Build())
          .Start();
  const auto client = Client::Connect(address());
  client->Send(own, Text("x"));
  EXPECT_TRUE(come.AwaitArrivals(1));
}

TEST_F(OneWayTest, ARequestThatDoesNotParseIsDropped) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  client->Send(kNote, Text("!bad"));
  client->Send(kNote, Text("good"));
  ASSERT_TRUE(come_.AwaitArrivals(1));
  EXPECT_EQ(seen_, (std::vector<std::string>{"test.v1.Notes/Note good -"}));
}

TEST_F(OneWayTest, WhatCannotBeQueuedWasNotSent) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Send(kNote, Text(std::string(5'000'000, 'x'))); }),
            Failed(Code::kResourceExhausted, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] {
              const Metadata huge{{"k", std::string(100'000, 'v')}};
              client->Send(kNote, Text(), CallOptions().WithMetadata(huge));
            }),
            Failed(Code::kInvalidArgument, Outcome::kNotSent));
  server->Close();
  client->Close();
  EXPECT_EQ(FailureOf([&] { client->Send(kNote, Text("late")); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  EXPECT_TRUE(seen_.empty());
}

TEST_F(OneWayTest, AnInterceptorSeesWhatIsSentAndThatItWasQueued) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  std::vector<std::string> passed;
  const auto client =
      Client::Builder(address())
          .InterceptCalls([&](const std::shared_ptr<ClientCall>& call, Caller& next) {
            call->SetOptions(call->options().WithMetadata({{"k", "marked"}}));
            call->OnEnd([&](const CallEnd& end) { passed.push_back(end.code_name()); });
            next.StartCall(call);
          })
          .Connect();
  client->Send(kNote, Text("x"));
  EXPECT_EQ(passed, std::vector<std::string>{"OK"});
  ASSERT_TRUE(come_.AwaitArrivals(1));
  EXPECT_EQ(seen_.at(0), "test.v1.Notes/Note x marked");
}

TEST_F(OneWayTest, ATimeOutChangesNothing) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  client->Send(kNote, Text("x"), CallOptions().WithTimeout(std::chrono::nanoseconds(0)));
  ASSERT_TRUE(come_.AwaitArrivals(1));
}

TEST_F(OneWayTest, AReplyThatNeedsContentIsNeverRead) {
  constexpr Method<Text, NeedsContent> note{"test.v1.Notes/Note", Shape::kOneWay};
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  client->Send(note, Text("x"));
  ASSERT_TRUE(come_.AwaitArrivals(1));
}

TEST_F(OneWayTest, SendingAndCallingAreNotMixedUp) {
  const auto server = Server::Builder(address()).Service(Notes()).Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Send(kCount, Text()); }),
            Failed(Code::kUnimplemented, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->Call(kNote, Text()); }),
            Failed(Code::kUnimplemented, Outcome::kNotSent));
}

TEST_F(OneWayTest, AMethodIsServedByOneHandlerAlone) {
  const EventHandler<Text> ignore = [](const Text&, EventContext&) {};
  EXPECT_THROW(ServiceDefinition::Builder("test.v1.Notes").OneWay(kCount, ignore),
               std::invalid_argument);
  EXPECT_THROW(
      ServiceDefinition::Builder("test.v1.Notes").OneWay(kNote, ignore).OneWay(kNote, ignore),
      std::invalid_argument);
  EXPECT_THROW(Server::Builder(address())
                   .Service(Notes())
                   .OnEvent<Text>("test.v1.Notes/Note", ignore)
                   .Start(),
               std::invalid_argument);
}

}  // namespace
}  // namespace parley
