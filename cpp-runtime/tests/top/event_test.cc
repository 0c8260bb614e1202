#include <future>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fixture.h"

namespace parley {
namespace {

class EventTest : public ServerFixture {};

/// Sets the sink of the log, and standard error again.
struct ScopedSink {
  explicit ScopedSink(LogSink::Sink sink) { LogSink::Set(std::move(sink)); }
  ~ScopedSink() { LogSink::Set(nullptr); }
};

/// What was logged while it lives.
class Logged {
 public:
  std::vector<std::string> lines() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  const ScopedSink sink_{[this](const std::string& line) {
    std::lock_guard<std::mutex> lock(mutex_);
    lines_.push_back(line);
  }};
};

TEST_F(EventTest, EventsArriveInOrderWithTheirSender) {
  std::vector<std::string> seen;
  Gate all;
  const auto server =
      Server::Builder(address())
          .OnEvent<Text>("note",
                         [&](const Text& event, EventContext& context) {
                           seen.push_back(context.peer().name() + " " +
                                          std::string(context.name()) + " " + event.text);
                           all.Arrive();
                         })
          .Start();
  const auto client = Client::Builder(address()).Name("me").Connect();
  for (int i = 0; i < 100; ++i) client->SendEvent("note", Text(std::to_string(i)));
  ASSERT_TRUE(all.AwaitArrivals(100));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[i], "me note " + std::to_string(i));
}

TEST_F(EventTest, TheServerSendsEventsToo) {
  std::promise<std::string> seen;
  const auto server = ServerBuilder().Start();
  const auto client =
      Client::Builder(address())
          .OnEvent<Text>(
              "note",
              [&](const Text& event, EventContext& context) {
                seen.set_value(event.text + " " + std::string(*context.metadata().Get("k")));
              })
          .Connect();
  server->peers().at(0)->SendEvent("note", Text("hello"), {{"k", "v"}});
  EXPECT_EQ(seen.get_future().get(), "hello v");
}

TEST_F(EventTest, AnEventNobodyTakesIsDroppedAndToldWhenTheCountDoubles) {
  const Logged logged;
  const auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address()).Name("me").Connect();
  for (int i = 0; i < 5; ++i) client->SendEvent("nobody", Text("x"));
  EXPECT_EQ(client->Call(kEcho, Text("after")).text, "after");
  const std::string why = " so far; W-3: nobody handles it here";
  EXPECT_EQ(logged.lines(), (std::vector<std::string>{"event nobody of me dropped, 1" + why,
                                                      "event nobody of me dropped, 2" + why,
                                                      "event nobody of me dropped, 4" + why}));
}

TEST_F(EventTest, ASinkThatThrowsEndsNobody) {
  const ScopedSink sink([](const std::string&) { throw std::runtime_error("full"); });
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  client->SendEvent("nobody", Text("x"));
  EXPECT_EQ(client->Call(kEcho, Text("after")).text, "after");
}

TEST_F(EventTest, AHandlerThatThrowsDoesNotEndTheEvents) {
  const Logged logged;
  Gate all;
  const auto server = Server::Builder(address())
                          .OnEvent<Text>("note",
                                         [&](const Text&, EventContext&) {
                                           all.Arrive();
                                           throw std::runtime_error("no");
                                         })
                          .Start();
  const auto client = Client::Connect(address());
  client->SendEvent("note", Text("1"));
  client->SendEvent("note", Text("2"));
  EXPECT_TRUE(all.AwaitArrivals(2));
  server->Close();
  ASSERT_EQ(logged.lines().size(), 2u);
  for (const std::string& line : logged.lines()) {
    EXPECT_EQ(line.substr(0, 6), "error ");
    EXPECT_EQ(line.substr(line.find(" in ")), " in note: no");
  }
}

TEST_F(EventTest, ASenderWhoseWindowIsUsedUpFailsUntilEventsAreHandled) {
  Gate taken;
  std::vector<std::string> seen;
  const auto server = Server::Builder(address())
                          .Service(TextService())
                          .OnEvent<Text>("note",
                                         [&](const Text& event, EventContext&) {
                                           seen.push_back(event.text.substr(0, 1));
                                           taken.Pass();
                                         })
                          .Start();
  const auto client = Client::Connect(address());
  const std::string large(300'000, 'x');
  client->SendEvent("note", Text("1" + large));
  EXPECT_EQ(FailureOf([&] { client->SendEvent("note", Text("2")); }),
            Failed(Code::kResourceExhausted, Outcome::kNotSent));
  taken.Open();
  for (bool sent = false; !sent;) {
    try {
      client->SendEvent("note", Text("3"));
      sent = true;
    } catch (const RpcException&) {
      client->Call(kEcho, Text());
    }
  }
  server->Close();
  EXPECT_EQ(seen, (std::vector<std::string>{"1", "3"}));
}

TEST_F(EventTest, ReservedAndOverlongNamesAreRefused) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  for (const std::string& name : {std::string("parley.x"), std::string(), std::string(256, 'n')}) {
    EXPECT_EQ(FailureOf([&] { client->SendEvent(name, Text()); }),
              Failed(Code::kInvalidArgument, Outcome::kNotSent));
  }
  EXPECT_THROW(Client::Builder(address()).OnEvent<Text>("parley.x", nullptr).Connect(),
               std::invalid_argument);
}

}  // namespace
}  // namespace parley
