#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"

namespace parley {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;

/// What a handler knows of its call and passes on.
class HandlerTest : public ServerFixture {
 protected:
  static ServiceDefinition Echoes(UnaryHandler<Text, Text> handler) {
    return ServiceDefinition::Builder("test.v1.Text").Unary(kEcho, std::move(handler)).Build();
  }

  std::unique_ptr<Server> Serve(UnaryHandler<Text, Text> handler) {
    return Server::Builder(address()).Service(Echoes(std::move(handler))).Start();
  }
};

TEST_F(HandlerTest, ACallThatAHandlerMakesEndsWithItsOwnDeadline) {
  const auto server = Serve([](const Text& request, CallContext& context) {
    EXPECT_EQ(CallContext::Current(), &context);
    Peer& peer = context.peer();
    peer.Call(kEcho, request);
    peer.Call(kEcho, request, CallOptions().WithInheritedDeadline(false));
    peer.Call(kEcho, request, CallOptions().WithTimeout(hours(9)));
    std::thread(context.Wrap([&] { peer.Call(kEcho, request); })).join();
    std::thread([&] { peer.Call(kEcho, request); }).join();
    return request;
  });
  std::vector<std::optional<nanoseconds>> left;
  const auto client = Client::Builder(address())
                          .Service(Echoes([&left](const Text& request, CallContext& context) {
                            left.push_back(context.Remaining());
                            return request;
                          }))
                          .Connect();
  client->Call(kEcho, Text("x"), CallOptions().WithTimeout(hours(1)));
  ASSERT_EQ(left.size(), 5u);
  EXPECT_LE(left[0].value(), hours(1));
  EXPECT_FALSE(left[1].has_value());
  EXPECT_LE(left[2].value(), hours(1));
  EXPECT_LE(left[3].value(), hours(1));
  EXPECT_FALSE(left[4].has_value());
  EXPECT_EQ(CallContext::Current(), nullptr);
}

TEST_F(HandlerTest, ANearerDeadlineOfTheInnerCallHolds) {
  const auto server = Serve([](const Text& request, CallContext& context) {
    return context.peer().Call(kEcho, request, CallOptions().WithTimeout(hours(1)));
  });
  std::optional<nanoseconds> left;
  const auto client = Client::Builder(address())
                          .Service(Echoes([&left](const Text& request, CallContext& context) {
                            left = context.Remaining();
                            return request;
                          }))
                          .Connect();
  client->Call(kEcho, Text("x"), CallOptions().WithTimeout(hours(9)));
  EXPECT_LE(left.value(), hours(1));
}

TEST_F(HandlerTest, AHandlerCanWaitUntilItsCallIsCancelled) {
  const auto server = Serve([this](const Text& request, CallContext& context) {
    held_.Arrive();
    context.AwaitCancel();
    was_cancelled_ = context.IsCancelled();
    cancelled_.Arrive();
    return request;
  });
  const auto client = Client::Connect(address());
  Call<Text> call = client->Start(kEcho, Text("x"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  call.Cancel();
  ASSERT_TRUE(cancelled_.AwaitArrivals(1));
  EXPECT_TRUE(was_cancelled_);
}

TEST_F(HandlerTest, AWaitForCancellingEndsWithTheHandler) {
  std::thread waits;
  const auto server = Serve([&](const Text& request, CallContext& context) {
    waits = std::thread(context.Wrap([&] {
      CallContext& kept = *CallContext::Current();
      held_.Arrive();
      kept.AwaitCancel();
      was_cancelled_ = kept.IsCancelled();
    }));
    EXPECT_TRUE(held_.AwaitArrivals(1));
    return request;
  });
  const auto client = Client::Connect(address());
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  waits.join();
  EXPECT_FALSE(was_cancelled_);
}

}  // namespace
}  // namespace parley
