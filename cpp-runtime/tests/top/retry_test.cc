#include <atomic>
#include <chrono>
#include <climits>
#include <future>
#include <string>
#include <utility>

#include "fixture.h"

namespace parley {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr TextMethod kTell{"test.v1.Streams/Tell", Shape::kServerStreaming};

/// What is tried again unasked, and what is not (C-10).
class RetryTest : public ServerFixture {
 protected:
  /// Tries for ever, without a pause worth the name.
  static RetryPolicy Untiring() { return {INT_MAX, milliseconds(1), 1, milliseconds(1)}; }

  /// Waits before its second attempt for longer than any test runs, most likely.
  static RetryPolicy Sleepy() { return {2, hours(10'000), 1, hours(10'000)}; }

  /// A server that runs one handler at a time: a second call is rejected.
  std::unique_ptr<Server> ServeOneAtATime() {
    return Server::Builder(address())
        .MaxHandlers(1)
        .Service(TextService())
        .Service(ServiceDefinition::Builder("test.v1.Streams")
                     .ServerStreaming(
                         kTell,
                         [this](const Text& request, MessageSink<Text>& replies, CallContext&) {
                           ++runs_;
                           replies.Send(request);
                           replies.Send(request);
                         })
                     .Build())
        .Start();
  }

  std::atomic<int> runs_{0};
};

TEST_F(RetryTest, ARejectedCallIsTriedAgainUntilThereIsRoom) {
  const auto server = ServeOneAtATime();
  const auto client = Client::Builder(address()).Retry(Untiring()).Connect();
  Future<Text> holds = client->CallAsync(kHold, Text("holds"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  EXPECT_EQ(FailureOf([&] {
              client->Call(kEcho, Text("once"), CallOptions().WithRetry(RetryPolicy::kNone));
            }),
            Failed(Code::kUnavailable, Outcome::kRejected));
  // The request is the caller's again once the call is started.
  Text request("waits");
  Future<Text> waits = client->CallAsync(kEcho, request);
  request.text = "other";
  std::future<Text> blocked =
      std::async(std::launch::async, [&] { return client->Call(kEcho, Text("blocked")); });
  MessageStream<Text> stream = client->ServerStream(kTell, Text("s"));
  EXPECT_EQ(waits.wait_for(milliseconds(20)), std::future_status::timeout);
  held_.Open();
  EXPECT_EQ(waits.get().text, "waits");
  EXPECT_EQ(blocked.get().text, "blocked");
  EXPECT_EQ(stream.Next()->text, "s");
  EXPECT_EQ(stream.Next()->text, "s");
  EXPECT_FALSE(stream.Next().has_value());
  EXPECT_EQ(holds.get().text, "held holds");
  EXPECT_EQ(runs_, 1);
}

TEST_F(RetryTest, ACallThatFindsThePeerFullIsTriedAgainWhenItEnds) {
  const auto server = ServerBuilder().MaxCalls(1).Start();
  const auto client = Client::Builder(address()).Retry(Untiring()).Connect();
  Future<Text> holds = client->CallAsync(kHold, Text("holds"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  EXPECT_EQ(FailureOf([&] {
              client->Call(kEcho, Text("once"), CallOptions().WithRetry(RetryPolicy::kNone));
            }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  Future<Text> waits = client->CallAsync(kEcho, Text("waits"));
  held_.Open();
  EXPECT_EQ(waits.get().text, "waits");
  EXPECT_EQ(holds.get().text, "held holds");
}

TEST_F(RetryTest, RetryEndsWithTheDeadlineAndWithTheAttempts) {
  const auto server = ServeOneAtATime();
  const auto client = Client::Builder(address()).Retry(Untiring()).Connect();
  Future<Text> holds = client->CallAsync(kHold, Text("holds"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  const auto late = [&](const CallOptions& options) {
    return FailureOf([&] { client->Call(kEcho, Text("late"), options); }).first;
  };
  const Code blocking = late(CallOptions().WithTimeout(milliseconds(30)));
  EXPECT_TRUE(blocking == Code::kDeadlineExceeded || blocking == Code::kUnavailable) << blocking;
  const Code background =
      FailureOf([&] {
        client->CallAsync(kEcho, Text("late"), CallOptions().WithTimeout(milliseconds(30))).get();
      }).first;
  EXPECT_TRUE(background == Code::kDeadlineExceeded || background == Code::kUnavailable)
      << background;
  EXPECT_EQ(late(CallOptions().WithRetry({3, milliseconds(1), 2, milliseconds(2)})),
            Code::kUnavailable);
  held_.Open();
  holds.get();
}

TEST_F(RetryTest, ACallIsCancelledBetweenItsAttempts) {
  const auto server = ServeOneAtATime();
  const auto client = Client::Builder(address()).Connect();
  Future<Text> holds = client->CallAsync(kHold, Text("holds"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  Future<Text> call = client->CallAsync(kEcho, Text("x"), CallOptions().WithRetry(Sleepy()));
  // Rejected in the order of the calls, so that after this the first one waits.
  EXPECT_EQ(FailureOf([&] {
              client->Call(kEcho, Text("y"), CallOptions().WithRetry(RetryPolicy::kNone));
            }),
            Failed(Code::kUnavailable, Outcome::kRejected));
  call.Cancel();
  EXPECT_EQ(FailureOf([&] { call.get(); }), Failed(Code::kCancelled, Outcome::kRejected));
  held_.Open();
  holds.get();
}

TEST_F(RetryTest, CallsAreCancelledInTheMiddleOfTheirAttempts) {
  const auto server = ServeOneAtATime();
  const auto client =
      Client::Builder(address()).Retry({INT_MAX, milliseconds(0), 1, milliseconds(0)}).Connect();
  Future<Text> holds = client->CallAsync(kHold, Text("holds"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  for (int i = 0; i < 200; ++i) {
    Future<Text> call = client->CallAsync(kEcho, Text("x"));
    if (i % 2 == 0) {
      std::this_thread::yield();
    }
    call.Cancel();
    const Code code = FailureOf([&] { call.get(); }).first;
    EXPECT_TRUE(code == Code::kCancelled || code == Code::kUnavailable) << code;
  }
  held_.Open();
  holds.get();
}

TEST_F(RetryTest, ACallThatWaitsForItsNextAttemptEndsWithItsConnection) {
  const auto server = ServeOneAtATime();
  auto client = Client::Builder(address()).Retry(Sleepy()).Connect();
  Future<Text> holds =
      client->CallAsync(kHold, Text("holds"), CallOptions().WithRetry(RetryPolicy::kNone));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  Future<Text> waits = client->CallAsync(kEcho, Text("x"));
  EXPECT_EQ(FailureOf([&] {
              client->Call(kEcho, Text("y"), CallOptions().WithRetry(RetryPolicy::kNone));
            }),
            Failed(Code::kUnavailable, Outcome::kRejected));
  client->CloseNow();
  EXPECT_EQ(FailureOf([&] { waits.get(); }), Failed(Code::kUnavailable, Outcome::kNotSent));
  held_.Open();
  EXPECT_EQ(FailureOf([&] { holds.get(); }).first, Code::kUnavailable);
}

TEST_F(RetryTest, AFailureOfTheHandlerIsNeverRetried) {
  const auto server = Server::Builder(address())
                          .Service(ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(kEcho,
                                              [this](const Text&, CallContext&) -> Text {
                                                ++runs_;
                                                throw RpcException(Code::kUnavailable, "not now");
                                              })
                                       .Build())
                          .Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("x")); }),
            Failed(Code::kUnavailable, Outcome::kReplied));
  EXPECT_EQ(runs_, 1);
}

TEST_F(RetryTest, AServerRetriesTheCallsThatItMakes) {
  const auto server = Server::Builder(address()).Retry(Untiring()).Service(TextService()).Start();
  const auto client = Client::Builder(address()).MaxCalls(1).Service(TextService()).Connect();
  ASSERT_EQ(server->peers().size(), 1u);
  const std::shared_ptr<Peer> peer = server->peers()[0];
  Future<Text> holds = peer->CallAsync(kHold, Text("holds"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  Future<Text> waits = peer->CallAsync(kEcho, Text("waits"));
  held_.Open();
  EXPECT_EQ(waits.get().text, "waits");
  holds.get();
}

TEST(RetryPolicyTest, RefusesWhatIsOutOfItsBounds) {
  EXPECT_THROW(RetryPolicy(0, milliseconds(1), 1, milliseconds(1)), std::invalid_argument);
  EXPECT_THROW(RetryPolicy(1, milliseconds(1), 0.5, milliseconds(1)), std::invalid_argument);
  EXPECT_THROW(RetryPolicy(1, milliseconds(-1), 1, milliseconds(1)), std::invalid_argument);
  EXPECT_EQ(RetryPolicy::kDefault.max_attempts(), 5);
  EXPECT_EQ(RetryPolicy::kNone.max_attempts(), 1);
}

}  // namespace
}  // namespace parley
