#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"

namespace parley {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class UnaryTest : public ServerFixture {};

TEST_F(UnaryTest, ACallGivesItsReply) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(client->Call(kEcho, Text("hi")).text, "hi");
  EXPECT_EQ(client->Call(kEcho, Text("")).text, "");
}

TEST_F(UnaryTest, MetadataGoesBothWays) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  const Metadata metadata{{"key", "one"}, {"key", std::string("\0two", 4)}};
  Future<Text> call = client->CallAsync(kEcho, Text("x"), CallOptions().WithMetadata(metadata));
  call.get();
  EXPECT_EQ(call.ReplyMetadata(), metadata);
}

TEST_F(UnaryTest, TheServerCallsItsClient) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address()).Name("me").Service(TextService()).Connect();
  ASSERT_EQ(server->peers().size(), 1u);
  const std::shared_ptr<Peer> peer = server->peers()[0];
  EXPECT_EQ(peer->name(), "me");
  EXPECT_EQ(peer->Call(kEcho, Text("to the client")).text, "to the client");
}

TEST_F(UnaryTest, AHandlerMayCallItsCallerBack) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address()).Service(TextService()).Connect();
  EXPECT_EQ(client->Call(kBack, Text("x")).text, "back x");
  std::vector<Future<Text>> replies;
  for (int i = 0; i < 200; ++i) {
    replies.push_back(client->CallAsync(kBack, Text(std::to_string(i))));
  }
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(replies[i].get().text, "back " + std::to_string(i));
  }
}

TEST_F(UnaryTest, RepliesComeInAnyOrder) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> held = client->CallAsync(kHold, Text("first"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  EXPECT_EQ(client->Call(kEcho, Text("second")).text, "second");
  EXPECT_NE(held.wait_for(seconds(0)), std::future_status::ready);
  held_.Open();
  EXPECT_EQ(held.get().text, "held first");
}

TEST_F(UnaryTest, HandlersThatBlockDoNotKeepOthersWaiting) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::vector<Future<Text>> held;
  for (int i = 0; i < 100; ++i) {
    held.push_back(client->CallAsync(kHold, Text(std::to_string(i))));
  }
  EXPECT_TRUE(held_.AwaitArrivals(100));
  EXPECT_EQ(client->Call(kEcho, Text("beside")).text, "beside");
  held_.Open();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(held[i].get().text, "held " + std::to_string(i));
  }
}

TEST_F(UnaryTest, ManyThreadsShareAClient) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 250; ++i) {
        const std::string text = std::to_string(t * 1000 + i);
        if (client->Call(kEcho, Text(text)).text == text) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 2000);
}

TEST_F(UnaryTest, LargeMessagesCrossFullSocketsBothWays) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  const std::string large(3u << 20, 'x');
  std::vector<Future<Text>> replies;
  for (int i = 0; i < 16; ++i) {
    replies.push_back(client->CallAsync(kEcho, Text(large + std::to_string(i))));
  }
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(replies[i].get().text, large + std::to_string(i));
  }
}

TEST_F(UnaryTest, ARequestOverThePeersLimitIsNotSent) {
  const auto server = ServerBuilder().MaxMessage(16'384).Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text(std::string(20'000, 'x'))); }),
            Failed(Code::kResourceExhausted, Outcome::kNotSent));
  EXPECT_EQ(client->Call(kEcho, Text("small")).text, "small");
}

TEST_F(UnaryTest, AReplyOverTheCallersLimitFailsThatCallAlone) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address()).MaxMessage(16'384).Connect();
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text(std::string(20'000, 'x'))); }),
            Failed(Code::kResourceExhausted, Outcome::kReplied));
  EXPECT_EQ(client->Call(kEcho, Text("small")).text, "small");
}

TEST_F(UnaryTest, WhatAHandlerThrowsBecomesAStatus) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  try {
    client->Call(kFail, Text("no such thing"));
    FAIL();
  } catch (const RpcException& failure) {
    EXPECT_EQ(failure.code(), Code::kNotFound);
    EXPECT_EQ(failure.outcome(), Outcome::kReplied);
    EXPECT_EQ(failure.status().message(), "no such thing");
    ASSERT_EQ(failure.status().details().size(), 1u);
    EXPECT_EQ(failure.status().details()[0].value, "detail");
  }
}

TEST_F(UnaryTest, TextOfOtherExceptionsStaysOnTheServer) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  try {
    client->Call(kFail, Text("secret"));
    FAIL();
  } catch (const RpcException& failure) {
    EXPECT_EQ(failure.code(), Code::kInternal);
    EXPECT_EQ(failure.status().message().find("secret"), std::string::npos);
    EXPECT_NE(failure.status().message().find("error "), std::string::npos);
  }
}

TEST_F(UnaryTest, UnknownMethodsAndThoseOfAnotherShapeAreRejected) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Call(kUnknown, Text()); }),
            Failed(Code::kUnimplemented, Outcome::kRejected));
  constexpr TextMethod unary_as_stream{"test.v1.Text/Echo", Shape::kBidiStreaming};
  BidiStream<Text, Text> chat = client->BidiStream(unary_as_stream);
  EXPECT_EQ(FailureOf([&] { chat.Next(); }), Failed(Code::kUnimplemented, Outcome::kRejected));
  EXPECT_EQ(FailureOf([&] { client->Call(kStream, Text()); }),
            Failed(Code::kUnimplemented, Outcome::kNotSent));
}

TEST_F(UnaryTest, MessagesThatDoNotParseFailTheCall) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("!bad")); }),
            Failed(Code::kInvalidArgument, Outcome::kRejected));
}

TEST_F(UnaryTest, ATimeOutEndsTheCallAndReachesTheHandler) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(
      FailureOf([&] { client->Call(kHold, Text(), CallOptions().WithTimeout(milliseconds(20))); }),
      Failed(Code::kDeadlineExceeded, Outcome::kUnknown));
  EXPECT_TRUE(cancelled_.AwaitArrivals(1));
  held_.Open();
  EXPECT_EQ(client->Call(kEcho, Text("after")).text, "after");
}

TEST_F(UnaryTest, ATimeOutEndsAFutureToo) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> reply =
      client->CallAsync(kHold, Text(), CallOptions().WithTimeout(milliseconds(20)));
  EXPECT_EQ(FailureOf([&] { reply.get(); }), Failed(Code::kDeadlineExceeded, Outcome::kUnknown));
  held_.Open();
}

TEST_F(UnaryTest, ATimeOutThatLeavesNothingSendsNothing) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(
      FailureOf([&] { client->Call(kEcho, Text(), CallOptions().WithTimeout(milliseconds(0))); }),
      Failed(Code::kDeadlineExceeded, Outcome::kNotSent));
}

TEST_F(UnaryTest, AHandlerSeesHowLongItsCallerWaits) {
  std::promise<std::optional<std::chrono::nanoseconds>> seen;
  const auto server = Server::Builder(address())
                          .Service(ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(kEcho,
                                              [&](const Text& request, CallContext& context) {
                                                seen.set_value(context.Remaining());
                                                return request;
                                              })
                                       .Build())
                          .Start();
  const auto client = Client::Connect(address());
  client->Call(kEcho, Text(), CallOptions().WithTimeout(hours(1)));
  const auto remaining = seen.get_future().get();
  ASSERT_TRUE(remaining.has_value());
  EXPECT_GT(*remaining, std::chrono::minutes(59));
  EXPECT_LE(*remaining, hours(1));
}

TEST_F(UnaryTest, CancellingReachesTheHandlerAndFreesTheCaller) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> call = client->CallAsync(kHold, Text());
  ASSERT_TRUE(held_.AwaitArrivals(1));
  call.Cancel();
  EXPECT_EQ(FailureOf([&] { call.get(); }), Failed(Code::kCancelled, Outcome::kUnknown));
  EXPECT_TRUE(cancelled_.AwaitArrivals(1));
  held_.Open();
  EXPECT_EQ(client->Call(kEcho, Text("after")).text, "after");
}

TEST_F(UnaryTest, CancelAndReplyMayRace) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  for (int i = 0; i < 300; ++i) {
    Future<Text> call = client->CallAsync(kEcho, Text("x"));
    std::thread canceller([&] { call.Cancel(); });
    try {
      EXPECT_EQ(call.get().text, "x");
    } catch (const RpcException& failure) {
      EXPECT_EQ(failure.code(), Code::kCancelled);
    }
    canceller.join();
  }
  EXPECT_EQ(client->Call(kEcho, Text("after")).text, "after");
}

TEST_F(UnaryTest, CallsOverTheLimitFailAtOnceUnsent) {
  const auto server = ServerBuilder().MaxCalls(2).Start();
  const auto client = Client::Connect(address());
  Future<Text> first = client->CallAsync(kHold, Text("1"));
  Future<Text> second = client->CallAsync(kHold, Text("2"));
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text()); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  held_.Open();
  EXPECT_EQ(first.get().text, "held 1");
  EXPECT_EQ(second.get().text, "held 2");
  EXPECT_EQ(client->Call(kEcho, Text("now")).text, "now");
}

TEST_F(UnaryTest, HandlersOverTheServersBoundAreRejected) {
  const auto server = ServerBuilder().MaxHandlers(1).Start();
  const auto client = Client::Connect(address());
  Future<Text> first = client->CallAsync(kHold, Text("1"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text()); }),
            Failed(Code::kUnavailable, Outcome::kRejected));
  held_.Open();
  EXPECT_EQ(first.get().text, "held 1");
}

TEST_F(UnaryTest, MetadataOverItsLimitIsNotSent) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  const CallOptions options = CallOptions().WithMetadata({{std::string(65, 'k'), "v"}});
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text(), options); }),
            Failed(Code::kInvalidArgument, Outcome::kNotSent));
}

TEST_F(UnaryTest, APingGivesItsRoundTrip) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::vector<std::future<std::chrono::nanoseconds>> pings;
  for (int i = 0; i < 10; ++i) pings.push_back(client->Ping());
  for (auto& ping : pings) EXPECT_GT(ping.get().count(), 0);
  EXPECT_GT(server->peers().at(0)->Ping().get().count(), 0);
}

}  // namespace
}  // namespace parley
