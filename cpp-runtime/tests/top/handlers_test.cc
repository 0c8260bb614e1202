#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "top/fixture.h"

namespace parley {
namespace {

/// Methods and events without a schema.
class HandlersTest : public ServerFixture {};

TEST_F(HandlersTest, HandlersComeAndGo) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Handlers& handlers = server->handlers();
  handlers.Respond<Text, Text>("echo", [](const Text& request, CallContext&) { return request; });
  EXPECT_EQ(client->Request<Text>("echo", Text("a")).text, "a");
  {
    std::string name = "echo";
    Future<Text> later = client->RequestAsync<Text>(name, Text("b"));
    name = "gone";
    EXPECT_EQ(later.get().text, "b");
  }
  EXPECT_THROW(
      handlers.RespondBytes("echo", [](std::string_view, CallContext&) { return std::string(); }),
      std::invalid_argument);
  EXPECT_TRUE(handlers.Unrespond("echo"));
  EXPECT_FALSE(handlers.Unrespond("echo"));
  EXPECT_EQ(FailureOf([&] { client->RequestBytes("echo", ""); }),
            Failed(Code::kUnimplemented, Outcome::kRejected));
  handlers.RespondBytes("echo", [](std::string_view request, CallContext&) {
    return std::string(request) + std::string(request);
  });
  EXPECT_EQ(client->RequestBytes("echo", std::string(3'000'000, 'x')).size(), 6'000'000u);
}

TEST_F(HandlersTest, ACallGoesOnWhenItsHandlerIsTakenAway) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  server->handlers().Respond<Text, Text>("hold", [this](const Text& request, CallContext&) {
    held_.Pass();
    return request;
  });
  Future<Text> held = client->RequestAsync<Text>("hold", Text("a"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  EXPECT_TRUE(server->handlers().Unrespond("hold"));
  held_.Open();
  EXPECT_EQ(held.get().text, "a");
}

TEST_F(HandlersTest, EventsWithoutASchemaArriveAtWhoeverTakesThem) {
  Gate seen;
  const auto shared = std::make_shared<Handlers>();
  const auto server = ServerBuilder().Handlers(shared).Start();
  const auto client = Client::Connect(address());
  shared->OnEvent<MessageBytes>("data", [&seen](const MessageBytes& event, EventContext& context) {
    EXPECT_EQ(event.bytes, "bytes");
    EXPECT_EQ(context.name(), "data");
    seen.Arrive();
  });
  client->SendEvent("data", MessageBytes("bytes"));
  EXPECT_TRUE(seen.AwaitArrivals(1));
  EXPECT_TRUE(shared->OffEvent("data"));
  EXPECT_FALSE(shared->OffEvent("data"));
}

TEST_F(HandlersTest, AClientServesItsServerToo) {
  const auto server = ServerBuilder().Start();
  server->handlers().RespondBytes("who?", [](std::string_view, CallContext& context) {
    return context.peer().RequestBytes("name", "");
  });
  const auto client = Client::Connect(address());
  client->handlers().RespondBytes("name", [](std::string_view, CallContext&) { return "ada"; });
  EXPECT_EQ(client->RequestBytes("who?", ""), "ada");
}

TEST_F(HandlersTest, NamesThatAreNoneAreRefused) {
  Handlers handlers;
  for (const std::string& name :
       {std::string(), std::string("a/b"), std::string("parley.x"), std::string(256, 'x')}) {
    EXPECT_THROW(
        handlers.RespondBytes(name, [](std::string_view, CallContext&) { return std::string(); }),
        std::invalid_argument)
        << name;
  }
}

}  // namespace
}  // namespace parley
