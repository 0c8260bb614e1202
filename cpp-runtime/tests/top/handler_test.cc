#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
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
  Future<Text> call = client->CallAsync(kEcho, Text("x"));
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

/// A type beside Text for details.
struct Other : Text {
  static const char* GetTypeName() { return "test.v1.Other"; }
};

TEST_F(HandlerTest, DetailsCrossAsTheTypesThatTheyAre) {
  const auto server = Serve([](const Text&, CallContext&) -> Text {
    throw RpcException(Status(Code::kNotFound, "none")
                           .WithDetail(Text("first"))
                           .WithDetail(Other())
                           .WithDetail(Text("!bad"))
                           .WithDetail(Text("second")));
  });
  const auto client = Client::Connect(address());
  try {
    client->Call(kEcho, Text("x"));
    FAIL();
  } catch (const RpcException& failure) {
    const Status& status = failure.status();
    EXPECT_EQ(status.details().size(), 4u);
    EXPECT_EQ(status.Detail<Text>()->text, "first");
    const std::vector<Text> texts = status.Details<Text>();
    ASSERT_EQ(texts.size(), 2u);
    EXPECT_EQ(texts[1].text, "second");
    EXPECT_EQ(status.Detail<Other>()->text, "");
    EXPECT_FALSE(Status(Code::kNotFound, "none").Detail<Text>().has_value());
  }
}

/// What is thrown in handlers, and what comes of having no memory.
class ThrowTest : public HandlerTest {
 protected:
  ThrowTest() {
    LogSink::Set([this](const std::string& line) {
      std::lock_guard<std::mutex> lock(mutex_);
      log_ += line + "\n";
      logged_.notify_all();
    });
  }
  ~ThrowTest() override { LogSink::Set(nullptr); }

  /// Whether this side's log has the error that a failure names, and beside it `what`.
  bool IsLogged(const RpcException& failure, const std::string& what) {
    const std::string text = failure.status().message();
    const std::string id = text.substr(text.rfind(' ') + 1);
    std::lock_guard<std::mutex> lock(mutex_);
    return id.size() == 16 && log_.find(id) != std::string::npos &&
           log_.find(what) != std::string::npos;
  }

  void AwaitLogged(const std::string& what) {
    std::unique_lock<std::mutex> lock(mutex_);
    logged_.wait(lock, [&] { return log_.find(what) != std::string::npos; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable logged_;
  std::string log_;
};

TEST_F(ThrowTest, WhateverAHandlerThrowsBecomesAnErrorIdThatStandsInTheLog) {
  const auto server = Serve([](const Text& request, CallContext&) -> Text {
    if (request.text == "number") throw 7;
    throw std::runtime_error("the secret");
  });
  const auto client = Client::Connect(address());
  for (const auto& [request, what] : std::vector<std::pair<std::string, std::string>>{
           {"number", "no std::exception"}, {"error", "the secret"}}) {
    try {
      client->Call(kEcho, Text(request));
      FAIL();
    } catch (const RpcException& failure) {
      EXPECT_EQ(failure.code(), Code::kInternal);
      EXPECT_EQ(failure.outcome(), Outcome::kReplied);
      EXPECT_EQ(std::string(failure.what()).find("secret"), std::string::npos);
      EXPECT_TRUE(IsLogged(failure, what));
    }
  }
}

TEST_F(ThrowTest, WhatACancelListenerThrowsIsLoggedAndTheNextOneRuns) {
  Gate running;
  const auto server = Serve([&](const Text& request, CallContext& context) -> Text {
    Gate told;
    context.OnCancel([number = request.text == "number"] {
      if (number) throw 7;
      throw std::runtime_error("the secret");
    });
    context.OnCancel([&] { told.Open(); });
    running.Open();
    told.Pass();
    return request;
  });
  const auto client = Client::Connect(address());
  // Told by the thread that reads, and by a timer.
  Future<Text> cancelled = client->CallAsync(kEcho, Text("number"));
  running.Pass();
  cancelled.Cancel();
  EXPECT_EQ(FailureOf([&] { cancelled.get(); }).first, Code::kCancelled);
  EXPECT_EQ(FailureOf([&] {
              client->Call(kEcho, Text("error"),
                           CallOptions().WithTimeout(std::chrono::milliseconds(50)));
            }).first,
            Code::kDeadlineExceeded);
  AwaitLogged("no std::exception");
  AwaitLogged("the secret");
  EXPECT_TRUE(client->IsOpen());
}

TEST_F(ThrowTest, AHandlerWithoutMemoryCostsItsConnectionAndNothingElse) {
  const auto server = Serve([](const Text& request, CallContext&) {
    if (request.text == "much") throw std::bad_alloc();
    return request;
  });
  const auto other = Client::Connect(address());
  const auto client = Client::Connect(address());
  try {
    client->Call(kEcho, Text("much"));
    FAIL();
  } catch (const RpcException& failure) {
    EXPECT_EQ(failure.code(), Code::kInternal);
    EXPECT_TRUE(IsLogged(failure, "out of memory"));
  }
  client->AwaitClosed();
  EXPECT_EQ(other->Call(kEcho, Text("x")).text, "x");
}

TEST_F(ThrowTest, ARequestWithoutMemoryCostsItsConnectionAndNothingElse) {
  const auto server = Serve([](const Text& request, CallContext&) { return request; });
  const auto other = Client::Connect(address());
  const auto client = Client::Connect(address());
  try {
    client->Call(kEcho, Text("!huge"));
    FAIL();
  } catch (const RpcException& failure) {
    EXPECT_EQ(failure.code(), Code::kUnavailable);
    EXPECT_NE(failure.status().message().find("out of memory"), std::string::npos)
        << failure.what();
  }
  client->AwaitClosed();
  EXPECT_EQ(other->Call(kEcho, Text("x")).text, "x");
}

TEST_F(ThrowTest, AReplyWithoutMemoryEndsItsCallAndItsConnection) {
  const auto server = Serve([](const Text&, CallContext&) { return Text("!huge"); });
  const auto other = Client::Connect(address());
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("x")); }),
            Failed(Code::kInternal, Outcome::kReplied));
  client->AwaitClosed();
  EXPECT_TRUE(other->IsOpen());
}

/// Runs what it is given on one thread, one after another.
class OneThread final : public Executor {
 public:
  ~OneThread() override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      over_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }

  bool Execute(std::function<void()> task) override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (refuses_) return false;
    tasks_.push_back(std::move(task));
    changed_.notify_all();
    return true;
  }

  void RefuseAll() {
    std::lock_guard<std::mutex> lock(mutex_);
    refuses_ = true;
  }

  std::thread::id id() const { return thread_.get_id(); }

 private:
  void Work() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return over_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool refuses_ = false;
  bool over_ = false;
  std::thread thread_{[this] { Work(); }};
};

/// Runs what it is given on the thread that gives it.
class SameThread final : public Executor {
 public:
  bool Execute(std::function<void()> task) override {
    task();
    return true;
  }
};

TEST_F(HandlerTest, HandlersRunOnTheExecutorOfTheUser) {
  const auto executor = std::make_shared<OneThread>();
  std::thread::id ran;
  const auto server = Server::Builder(address())
                          .Executor(executor)
                          .Service(Echoes([&ran](const Text& request, CallContext&) {
                            ran = std::this_thread::get_id();
                            return request;
                          }))
                          .Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  EXPECT_EQ(ran, executor->id());
}

TEST_F(HandlerTest, HandlersThatWaitForOneAnotherNeedNoMoreThanOneThread) {
  const auto executor = std::make_shared<OneThread>();
  const auto server = Server::Builder(address()).Executor(executor).Service(TextService()).Start();
  const auto client =
      Client::Builder(address()).Executor(executor).Service(TextService()).Connect();
  // Each handler of the server calls one of the client, on the same thread.
  EXPECT_EQ(client->Call(kBack, Text("x")).text, "back x");
  std::vector<Future<Text>> replies;
  for (int i = 0; i < 20; ++i) {
    replies.push_back(client->CallAsync(kBack, Text(std::to_string(i))));
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(replies[i].get().text, "back " + std::to_string(i));
  }
}

TEST_F(HandlerTest, HandlersThatWaitInAFutureOrALockLetOthersRun) {
  const auto server = Server::Builder(address())
                          .Executor(std::make_shared<OneThread>())
                          .Service(Echoes([this](const Text& request, CallContext& context) {
                            if (request.text == "future") {
                              return context.peer().CallAsync(kEcho, request).get();
                            }
                            if (request.text == "lock") {
                              held_.Pass();
                            } else if (request.text == "opens") {
                              held_.Open();
                            }
                            return request;
                          }))
                          .Start();
  const auto client = Client::Builder(address())
                          .Service(Echoes([&](const Text&, CallContext& context) {
                            return context.peer().Call(kEcho, Text("inner"));
                          }))
                          .Connect();
  EXPECT_EQ(client->Call(kEcho, Text("future")).text, "inner");
  Future<Text> waits = client->CallAsync(kEcho, Text("lock"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  EXPECT_EQ(client->Call(kEcho, Text("opens")).text, "opens");
  EXPECT_EQ(waits.get().text, "lock");
}

TEST_F(HandlerTest, TheThreadThatReadsRunsNoHandler) {
  const auto server = Server::Builder(address())
                          .Executor(std::make_shared<SameThread>())
                          .Service(TextService())
                          .Start();
  const auto client = Client::Builder(address())
                          .Executor(std::make_shared<SameThread>())
                          .Service(TextService())
                          .Connect();
  EXPECT_EQ(client->Call(kBack, Text("x")).text, "back x");
}

TEST_F(HandlerTest, AnExecutorThatTakesNoMoreHasItsCallsRejected) {
  const auto executor = std::make_shared<OneThread>();
  const auto server = Server::Builder(address()).Executor(executor).Service(TextService()).Start();
  const auto client = Client::Builder(address()).Retry(RetryPolicy::kNone).Connect();
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  executor->RefuseAll();
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("x")); }),
            Failed(Code::kUnavailable, Outcome::kRejected));
}

}  // namespace
}  // namespace parley
