#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/program.h"
#include "top/fixture.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Method<Text, Text> kPrices{"test.v1.Market/Prices", Shape::kServerStreaming};

/// Remembers what was published.
class Heard {
 public:
  Subscriber<std::string_view> Listen() {
    Subscriber<std::string_view> subscriber(
        [this](std::string_view publication, const TopicContext& context) {
          Add(publication, context);
        });
    subscriber.resumed = [this] { Push("resumed"); };
    return subscriber;
  }

  void Add(std::string_view publication, const TopicContext& context) {
    std::string line = context.publisher.empty() ? "" : context.publisher + ": ";
    line += publication;
    if (context.missed > 0) {
      line += " (missed " + std::to_string(context.missed) + ")";
    }
    Push(std::move(line));
  }

  void Push(std::string line) {
    std::lock_guard<std::mutex> lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

  std::string Next() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!changed_.wait_for(lock, seconds(30), [this] { return !lines_.empty(); })) {
      return "nothing";
    }
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
  }

  std::size_t count() {
    std::lock_guard<std::mutex> lock(mutex_);
    return lines_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
};

/// Topics: subscribing and publishing, by a string and by a schema.
class TopicTest : public ServerFixture {
 protected:
  std::unique_ptr<Client> Connected(const std::string& name) {
    Client::Builder builder(address());
    builder.Name(name);
    return builder.Connect();
  }

  static Subscription Held(Subscription subscription) {
    subscription.held().get();
    return subscription;
  }

  std::unique_ptr<Server> Bounded(SlowPolicy slow) {
    TopicOptions options;
    // As the protocol counts a publication of one byte: a tag, a length, and 64.
    options.bound = 3 * (64 + 3);
    options.slow = slow;
    return ServerBuilder().Topics(options).Start();
  }

  std::unique_ptr<Client> Narrow() {
    Client::Builder builder(address());
    builder.Window(1);
    return builder.Connect();
  }

  /// One that takes a publication when it is let.
  Subscriber<std::string_view> Slow() {
    return {[this](std::string_view publication, const TopicContext& context) {
      held_.Pass();
      heard_.Add(publication, context);
    }};
  }

  /// Publishes 0 to 9 to a subscriber that holds 0, has 1 in its window, and leaves the rest.
  void PublishTen(Server& server, Client& client) {
    server.topics().PublishBytes("count", "0");
    ASSERT_TRUE(held_.AwaitArrivals(1));
    // The window that 0 took has been given back by the time that this is answered.
    client.Ping().get();
    for (int i = 1; i < 10; ++i) {
      server.topics().PublishBytes("count", std::to_string(i));
    }
  }

  static Code EndOf(const Subscription& subscription) { return subscription.ended().get().code(); }

  Heard heard_;
};

TEST_F(TopicTest, WhatIsPublishedReachesAllWhoSubscribed) {
  const auto server = ServerBuilder().Start();
  const auto one = Connected("one");
  const auto two = Connected("two");
  Heard first;
  Heard second;
  Heard own;
  const Subscription a = Held(one->topics().SubscribeBytes("news", first.Listen()));
  const Subscription b = Held(two->topics().SubscribeBytes("news", second.Listen()));
  const Subscription c = server->topics().SubscribeBytes("news", own.Listen());
  server->topics().PublishBytes("news", "a");
  server->topics().PublishBytes("sport", "nobody asked");
  two->topics().PublishBytes("news", "b");
  for (Heard* heard : {&first, &second, &own}) {
    EXPECT_EQ(heard->Next(), "a");
    EXPECT_EQ(heard->Next(), "two: b");
  }
}

TEST_F(TopicTest, WhatOnePublisherPublishesComesInOrder) {
  const auto server = ServerBuilder().Start();
  const auto one = Connected("one");
  const Subscription held = Held(one->topics().SubscribeBytes("count", heard_.Listen()));
  for (int i = 0; i < 1000; ++i) {
    one->topics().PublishBytes("count", std::to_string(i));
  }
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(heard_.Next(), "one: " + std::to_string(i));
  }
}

TEST_F(TopicTest, MessagesCanBePublished) {
  const auto server = ServerBuilder().Start();
  const auto one = Connected("one");
  const Subscription held = Held(one->topics().Subscribe<Text>(
      "texts", {[this](const Text& text, const TopicContext&) { heard_.Push(text.text); }}));
  server->topics().Publish("texts", Text("hello"));
  EXPECT_EQ(heard_.Next(), "hello");
}

TEST_F(TopicTest, WhoHasUnsubscribedIsNotCalledAnyMore) {
  const auto server = ServerBuilder().Start();
  const auto one = Connected("one");
  Heard gone;
  Subscription closed = Held(one->topics().SubscribeBytes("news", gone.Listen()));
  const Subscription stays = Held(one->topics().SubscribeBytes("news", heard_.Listen()));
  closed.Close();
  EXPECT_EQ(EndOf(closed), Code::kCancelled);
  server->topics().PublishBytes("news", "a");
  EXPECT_EQ(heard_.Next(), "a");
  EXPECT_EQ(gone.count(), 0u);
}

TEST_F(TopicTest, ASubscriberThatThrowsGetsTheNextPublicationAllTheSame) {
  const auto server = ServerBuilder().Start();
  const auto one = Connected("one");
  const Subscription held = Held(one->topics().SubscribeBytes(
      "news", {[this](std::string_view publication, const TopicContext& context) {
        heard_.Add(publication, context);
        throw std::runtime_error("on purpose");
      }}));
  server->topics().PublishBytes("news", "a");
  server->topics().PublishBytes("news", "b");
  EXPECT_EQ(heard_.Next(), "a");
  EXPECT_EQ(heard_.Next(), "b");
}

TEST_F(TopicTest, NamesThatNoneMayHaveAreRefusedAtOnce) {
  const auto server = ServerBuilder().Start();
  const auto one = Connected("one");
  EXPECT_THROW(one->topics().PublishBytes("a/b", ""), std::invalid_argument);
  EXPECT_THROW((void)one->topics().SubscribeBytes("", heard_.Listen()), std::invalid_argument);
  EXPECT_THROW(server->topics().PublishBytes("parley.x", ""), std::invalid_argument);
}

TEST_F(TopicTest, TheOldestAreDroppedForOneThatIsSlowWhichIsToldHowMany) {
  const auto server = Bounded(SlowPolicy::kDropOldest);
  const auto client = Narrow();
  const Subscription held = Held(client->topics().SubscribeBytes("count", Slow()));
  PublishTen(*server, *client);
  held_.Open();
  for (const char* line : {"0", "1", "7 (missed 5)", "8", "9"}) {
    EXPECT_EQ(heard_.Next(), line);
  }
}

TEST_F(TopicTest, TheNewestAreDroppedIfTheServerSaysSo) {
  const auto server = Bounded(SlowPolicy::kDropNewest);
  const auto client = Narrow();
  const Subscription held = Held(client->topics().SubscribeBytes("count", Slow()));
  PublishTen(*server, *client);
  held_.Open();
  for (const char* line : {"0", "1", "2", "3", "4"}) {
    EXPECT_EQ(heard_.Next(), line);
  }
  server->topics().PublishBytes("count", "10");
  EXPECT_EQ(heard_.Next(), "10 (missed 5)");
}

TEST_F(TopicTest, ASlowSubscriptionFailsIfTheServerSaysSo) {
  const auto server = Bounded(SlowPolicy::kDisconnect);
  const auto client = Narrow();
  const Subscription held = Held(client->topics().SubscribeBytes("count", Slow()));
  for (int i = 0; i < 10; ++i) {
    server->topics().PublishBytes("count", std::to_string(i));
  }
  held_.Open();
  EXPECT_EQ(EndOf(held), Code::kResourceExhausted);
}

TEST_F(TopicTest, APublicationThatIsLongerThanTheBoundIsMissedByThoseThatAreSlow) {
  const auto server = Bounded(SlowPolicy::kDropOldest);
  const auto client = Narrow();
  const Subscription held = Held(client->topics().SubscribeBytes("count", Slow()));
  server->topics().PublishBytes("count", "a");
  ASSERT_TRUE(held_.AwaitArrivals(1));
  client->Ping().get();
  server->topics().PublishBytes("count", "b");
  server->topics().PublishBytes("count", std::string(1000, 'x'));
  server->topics().PublishBytes("count", "c");
  held_.Open();
  for (const char* line : {"a", "b", "c (missed 1)"}) {
    EXPECT_EQ(heard_.Next(), line);
  }
}

TEST_F(TopicTest, ASlowSubscriberInTheServersOwnProcessMissesSomeToo) {
  const auto server = Bounded(SlowPolicy::kDropOldest);
  const Subscription own = server->topics().SubscribeBytes("count", Slow());
  server->topics().PublishBytes("count", "0");
  ASSERT_TRUE(held_.AwaitArrivals(1));
  for (int i = 1; i < 10; ++i) {
    server->topics().PublishBytes("count", std::to_string(i));
  }
  held_.Open();
  for (const char* line : {"0", "7 (missed 6)", "8", "9"}) {
    EXPECT_EQ(heard_.Next(), line);
  }
}

TEST_F(TopicTest, OneOfAHundredThatIsStoppedSlowsNobody) {
  constexpr std::uint64_t kPublications = 4000;
  const std::string kilobyte(1024, 'x');
  const auto server = ServerBuilder().Start();
  Program stopped({PARLEY_TEXT_PEER, "subscribe", directory_ / "s.sock"});
  ASSERT_EQ(stopped.ReadLine(), "ready");
  std::atomic<std::uint64_t> got{0};
  std::atomic<std::uint64_t> missed{0};
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<Subscription> subscriptions;
  for (int i = 0; i < 99; ++i) {
    clients.push_back(Connected("c" + std::to_string(i)));
    subscriptions.push_back(Held(clients.back()->topics().SubscribeBytes(
        "load", {[&](std::string_view, const TopicContext& context) {
          missed += context.missed;
          ++got;
        }})));
  }
  ASSERT_EQ(::kill(stopped.pid(), SIGSTOP), 0);
  for (std::uint64_t i = 1; i <= kPublications; ++i) {
    server->topics().PublishBytes("load", kilobyte);
    // No faster than the others read, so that none of them misses any.
    while (i % 100 == 0 && got < 99 * i) {
      std::this_thread::yield();
    }
  }
  EXPECT_EQ(got, 99 * kPublications);
  EXPECT_EQ(missed, 0u);
  ASSERT_EQ(::kill(stopped.pid(), SIGCONT), 0);
  server->topics().PublishBytes("load", "last");
  std::istringstream told(stopped.ReadLine());
  std::string word;
  std::uint64_t child_got = 0;
  std::uint64_t child_missed = 0;
  told >> word >> child_got >> word >> child_missed;
  EXPECT_EQ(child_got + child_missed, kPublications + 1);
  EXPECT_GT(child_missed, kPublications / 4);
}

TEST_F(TopicTest, ASubscriptionComesBackWithItsClientAndSaysSo) {
  auto server = ServerBuilder().Start();
  Client::Builder builder(address());
  builder.Reconnect(
      Reconnect::kDefault.WithInitialDelay(milliseconds(1)).WithMaxDelay(milliseconds(20)));
  const auto client = builder.Connect();
  const Subscription held = Held(client->topics().SubscribeBytes("news", heard_.Listen()));
  server->topics().PublishBytes("news", "a");
  EXPECT_EQ(heard_.Next(), "a");
  server->Close();
  server = ServerBuilder().Start();
  EXPECT_EQ(heard_.Next(), "resumed");
  Heard other;
  const Subscription behind = Held(client->topics().SubscribeBytes("other", other.Listen()));
  server->topics().PublishBytes("news", "b");
  EXPECT_EQ(heard_.Next(), "b");
}

TEST_F(TopicTest, ASubscriptionMayBeMadeBeforeThereIsAServer) {
  Client::Builder builder(address());
  builder.Reconnect(
      Reconnect::kDefault.WithInitialDelay(milliseconds(1)).WithMaxDelay(milliseconds(20)));
  const auto client = builder.ConnectLater();
  const Subscription early = client->topics().SubscribeBytes("news", heard_.Listen());
  const auto server = ServerBuilder().Start();
  early.held().get();
  server->topics().PublishBytes("news", "a");
  EXPECT_EQ(heard_.Next(), "a");
}

TEST_F(TopicTest, AServerThatClosesWaitsForNoSubscription) {
  const auto server = ServerBuilder().DrainTimeout(minutes(10)).Start();
  const auto client = Connected("one");
  const Subscription held = Held(client->topics().SubscribeBytes("news", heard_.Listen()));
  server->Close();
  EXPECT_EQ(EndOf(held), Code::kUnavailable);
}

TEST_F(TopicTest, AClientThatClosesWaitsForNoSubscription) {
  const auto server = ServerBuilder().Start();
  Client::Builder builder(address());
  builder.DrainTimeout(minutes(10));
  const auto client = builder.Connect();
  const Subscription held = Held(client->topics().SubscribeBytes("news", heard_.Listen()));
  client->Close();
  EXPECT_EQ(EndOf(held), Code::kUnavailable);
  EXPECT_THROW(client->topics().SubscribeBytes("x", heard_.Listen()).held().get(), RpcException);
}

TEST_F(TopicTest, AGuardDecidesWhoMayPublishAndSubscribe) {
  TopicOptions options;
  options.may_publish = [](Peer& peer, std::string_view) { return peer.name() == "editor"; };
  options.may_subscribe = [](Peer&, std::string_view topic) { return topic != "secret"; };
  const auto server = ServerBuilder().Topics(options).Start();
  const auto editor = Connected("editor");
  const auto reader = Connected("reader");
  const Subscription secret = reader->topics().SubscribeBytes("secret", heard_.Listen());
  EXPECT_EQ(EndOf(secret), Code::kPermissionDenied);
  const Subscription news = Held(reader->topics().SubscribeBytes("news", heard_.Listen()));
  reader->topics().PublishBytes("news", "not mine to say");
  reader->Ping().get();
  editor->topics().PublishBytes("news", "a");
  EXPECT_EQ(heard_.Next(), "editor: a");
}

TEST_F(TopicTest, AnInterceptorSeesWhoSubscribesAndMayRefuse) {
  std::atomic<bool> let{false};
  const auto server =
      ServerBuilder()
          .InterceptHandlers([&let](const AnyMethod&, const ServiceDefinition::Streams& streams,
                                    CallContext& context, const auto& next) {
            if (!let) {
              throw RpcException(Code::kUnauthenticated, "not you");
            }
            next(streams, context);
          })
          .Start();
  const auto client = Connected("one");
  const Subscription refused = client->topics().SubscribeBytes("news", heard_.Listen());
  EXPECT_EQ(EndOf(refused), Code::kUnauthenticated);
  let = true;
  const Subscription held = Held(client->topics().SubscribeBytes("news", heard_.Listen()));
  server->topics().PublishBytes("news", "a");
  EXPECT_EQ(heard_.Next(), "a");
}

TEST_F(TopicTest, ATopicOfASchemaPublishesToThoseWhoAskedForIt) {
  Topic<Text, Text> prices(kPrices);
  const auto server = ServerBuilder()
                          .Service(ServiceDefinition::Builder("test.v1.Market")
                                       .Topic(
                                           kPrices, [&prices]() -> auto& { return prices; })
                                       .Build())
                          .Start();
  const auto client = Connected("one");
  Heard tea;
  Heard milk;
  Subscription for_tea = Held(client->Subscribe<Text, Text>(
      kPrices, Text("tea"),
      {[&tea](const Text& price, const TopicContext&) { tea.Push(price.text); }}));
  const Subscription for_milk = Held(client->Subscribe<Text, Text>(
      kPrices, Text("milk"),
      {[&milk](const Text& price, const TopicContext&) { milk.Push(price.text); }}));
  EXPECT_EQ(prices.subscribers(), 2u);
  prices.Publish(Text("3"), [](const Text& request) { return request.text == "tea"; });
  EXPECT_EQ(tea.Next(), "3");
  prices.Publish(Text("4"));
  EXPECT_EQ(tea.Next(), "4");
  EXPECT_EQ(milk.Next(), "4");
  for_tea.Close();
  EXPECT_EQ(EndOf(for_tea), Code::kCancelled);
  client->Ping().get();
  EXPECT_EQ(prices.subscribers(), 1u);
}

TEST_F(TopicTest, AnEventReachesAllPeersOrThoseThatMatch) {
  const auto server = ServerBuilder().Start();
  const auto listening = [this](const std::string& name, Heard& heard) {
    Client::Builder builder(address());
    builder.Name(name).OnEvent<Text>(
        "news", [&heard](const Text& event, EventContext&) { heard.Push(event.text); });
    return builder.Connect();
  };
  Heard first;
  Heard second;
  const auto one = listening("one", first);
  const auto two = listening("two", second);
  one->Ping().get();
  two->Ping().get();
  EXPECT_TRUE(server->everyone().SendEvent("news", Text("a")).empty());
  EXPECT_EQ(first.Next(), "a");
  EXPECT_EQ(second.Next(), "a");
  server->everyone()
      .Matching([](Peer& peer) { return peer.name() == "two"; })
      .SendEvent("news", Text("b"));
  EXPECT_EQ(second.Next(), "b");
}

TEST_F(TopicTest, ASurveyGathersRepliesAndFailuresWithinItsTime) {
  const auto server = ServerBuilder().Start();
  const auto answering = [this](const std::string& name, Handlers::OfBytes handler) {
    auto handlers = std::make_shared<Handlers>();
    handlers->RespondBytes("age", std::move(handler));
    Client::Builder builder(address());
    builder.Name(name).Handlers(handlers);
    return builder.Connect();
  };
  const auto good = answering("good", [](std::string_view, CallContext&) { return "7"; });
  const auto bad = answering("bad", [](std::string_view, CallContext&) -> std::string {
    throw RpcException(Code::kFailedPrecondition, "not telling");
  });
  const auto silent = answering("silent", [this](std::string_view, CallContext&) {
    held_.Pass();
    return std::string();
  });
  for (Client* client : {good.get(), bad.get(), silent.get()}) {
    client->Ping().get();
  }
  std::set<std::string> told;
  const auto add = [&told](const Answer<MessageBytes>& answer) {
    told.insert(
        answer.peer->name() + " " +
        (answer.failure.has_value() ? CodeName(answer.failure->code()) : answer.reply->bytes));
  };
  const std::set<std::string> all = {"good 7", "bad FAILED_PRECONDITION",
                                     "silent DEADLINE_EXCEEDED"};
  for (const auto& answer : server->everyone().SurveyBytes("age", "", milliseconds(300))) {
    add(answer);
  }
  EXPECT_EQ(told, all);
  told.clear();
  std::promise<std::vector<Answer<MessageBytes>>> later;
  server->everyone().SurveyThen<MessageBytes, MessageBytes>(
      Method<MessageBytes, MessageBytes>("age", Shape::kUnary), MessageBytes(), milliseconds(300),
      [&later](std::vector<Answer<MessageBytes>> answers) { later.set_value(std::move(answers)); });
  for (const auto& answer : later.get_future().get()) {
    add(answer);
  }
  EXPECT_EQ(told, all);
  held_.Open();
}

}  // namespace
}  // namespace parley
