#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>
#include <vector>

#include "parley/parley.h"
#include "top/fixture.h"

// Which thread does what: callers that read, handlers that begin where they are read, loops whose
// thread changes.

namespace parley {
namespace {

class ThreadsTest : public ServerFixture {
 protected:
  using Handler = UnaryHandler<Text, Text>;

  static ServiceDefinition Echoes(Handler handler) {
    return ServiceDefinition::Builder("test.v1.Text").Unary(kEcho, std::move(handler)).Build();
  }

  /// Calls Echo from so many threads at once; how many calls failed.
  static int CallFromThreads(Caller& caller, int threads, int calls) {
    std::atomic<int> failed{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < threads; ++i) {
      callers.emplace_back([&caller, &failed, calls, i] {
        for (int j = 0; j < calls; ++j) {
          const std::string text = std::to_string(i) + "/" + std::to_string(j);
          try {
            if (caller.Call(kEcho, Text(text)).text != text) ++failed;
          } catch (const RpcException&) {
            ++failed;
          }
        }
      });
    }
    for (std::thread& caller_thread : callers) caller_thread.join();
    return failed;
  }
};

TEST_F(ThreadsTest, AHandlerThatSleepsKeepsNoOtherCallWaiting) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> held = client->CallAsync(kHold, Text("x"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client->Call(kEcho, Text("y")).text, "y");
  }
  held_.Open();
  EXPECT_EQ(held.get().text, "held x");
}

TEST_F(ThreadsTest, AsManyHandlersMaySleepAtOnceAsThereAreCalls) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  const auto other = Client::Connect(address());
  std::vector<Future<Text>> held;
  for (int i = 0; i < 40; ++i) {
    held.push_back((i % 2 == 0 ? client : other)->CallAsync(kHold, Text(std::to_string(i))));
  }
  ASSERT_TRUE(held_.AwaitArrivals(40));
  EXPECT_EQ(other->Call(kEcho, Text("y")).text, "y");
  held_.Open();
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(held[static_cast<std::size_t>(i)].get().text, "held " + std::to_string(i));
  }
}

TEST_F(ThreadsTest, CallsNestAsDeepAsTheyLike) {
  // Each side's handler calls the other one, over the same connection.
  const auto nested = [](const Text& request, CallContext& context) {
    const int depth = std::stoi(request.text);
    return depth == 0 ? Text("0")
                      : Text(request.text + " " +
                             context.peer().Call(kEcho, Text(std::to_string(depth - 1))).text);
  };
  const auto server = Server::Builder(address()).Service(Echoes(nested)).Start();
  const auto client = Client::Builder(address()).Service(Echoes(nested)).Connect();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client->Call(kEcho, Text("6")).text, "6 5 4 3 2 1 0");
  }
}

TEST_F(ThreadsTest, AHandlerMayUseAnotherClientOfItsProcess) {
  const auto server = ServerBuilder().Start();
  const auto caller = Server::Builder(Address::Path(directory_ / "other.sock"))
                          .Service(Echoes([this](const Text& request, CallContext&) {
                            const auto client = Client::Connect(address());
                            return client->Call(kEcho, request);
                          }))
                          .Start();
  const auto client = Client::Connect(caller->address());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  }
}

TEST_F(ThreadsTest, ManyCallersWithDeadlinesPassTheReadingOnToOneAnother) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::atomic<int> late{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&, i] {
      std::minstd_rand random(static_cast<unsigned>(i + 1));
      for (int j = 0; j < 200; ++j) {
        const std::string text = std::to_string(i * 1000 + j);
        try {
          if (random() % 8 == 0) {
            // Nobody answers it in time.
            client->Call(kHold, Text(text),
                         CallOptions().WithTimeout(std::chrono::microseconds(random() % 500)));
            ++wrong;
          } else if (client
                         ->Call(kEcho, Text(text),
                                CallOptions().WithTimeout(std::chrono::seconds(60)))
                         .text != text) {
            ++wrong;
          }
        } catch (const RpcException& failure) {
          ++(failure.code() == Code::kDeadlineExceeded ? late : wrong);
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(late, 0);
  held_.Open();
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
}

TEST_F(ThreadsTest, WithoutPollingAllWorksAsWell) {
  const auto server = ServerBuilder().BusyPoll(std::chrono::nanoseconds(0)).Start();
  const auto client = Client::Builder(address())
                          .BusyPoll(std::chrono::nanoseconds(0))
                          .Service(TextService())
                          .Connect();
  EXPECT_EQ(client->Call(kBack, Text("x")).text, "back x");
  EXPECT_EQ(CallFromThreads(*client, 8, 50), 0);
  EXPECT_EQ(FailureOf([&] {
              client->Call(kHold, Text("x"),
                           CallOptions().WithTimeout(std::chrono::milliseconds(1)));
            }).first,
            Code::kDeadlineExceeded);
  held_.Open();
  EXPECT_EQ(client->CallAsync(kEcho, Text("y")).get().text, "y");
}

TEST_F(ThreadsTest, APollingTimeBelowZeroIsRefused) {
  EXPECT_THROW(ServerBuilder().BusyPoll(std::chrono::nanoseconds(-1)).Start(),
               std::invalid_argument);
  EXPECT_THROW(Client::Builder(address()).BusyPoll(std::chrono::nanoseconds(-1)).Connect(),
               std::invalid_argument);
}

TEST_F(ThreadsTest, TheReplyOfAFutureComesThoughOnlyCallersHaveRead) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  for (int i = 0; i < 200; ++i) {
    // A caller has the loop not wait for the socket; a future needs it to.
    EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
    EXPECT_EQ(client->Call(kEcho, Text("y")).text, "y");
    EXPECT_EQ(client->CallAsync(kEcho, Text("z")).get().text, "z");
  }
}

TEST_F(ThreadsTest, AFutureIsReadyThoughNobodyWaitsForItAnyMore) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> held = client->CallAsync(kHold, Text("x"));
  // Whoever has waited in vain hands the reading back.
  EXPECT_EQ(held.wait_for(std::chrono::milliseconds(5)), std::future_status::timeout);
  EXPECT_EQ(held.wait_for(std::chrono::nanoseconds(-1)), std::future_status::timeout);
  Gate told;
  client->CallThen(kEcho, Text("y"),
                   [&told](const std::optional<Text>&, const RpcException*) { told.Arrive(); });
  EXPECT_TRUE(told.AwaitArrivals(1));
  held_.Open();
  held.wait();
  EXPECT_EQ(held.wait_for(std::chrono::nanoseconds(0)), std::future_status::ready);
  EXPECT_EQ(held.get().text, "held x");
}

TEST_F(ThreadsTest, WhatTheServerBeginsArrivesThoughOnlyCallersHaveRead) {
  Gate arrived;
  const auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address())
                          .Service(Echoes([&arrived](const Text& request, CallContext&) {
                            arrived.Arrive();
                            return request;
                          }))
                          .Connect();
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 5; ++j) {
      EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
    }
    EXPECT_EQ(server->peers().at(0)->Call(kEcho, Text("y")).text, "y");
  }
  EXPECT_EQ(arrived.arrived(), 20);
}

TEST_F(ThreadsTest, ACallerLearnsThatThePeerHasGone) {
  auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address()).Retry(RetryPolicy::kNone).Connect();
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  std::thread closer([&] {
    held_.AwaitArrivals(1);
    server->CloseNow();
    server.reset();
  });
  EXPECT_EQ(FailureOf([&] { client->Call(kHold, Text("x")); }).first, Code::kUnavailable);
  held_.Open();
  closer.join();
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("x")); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
}

TEST_F(ThreadsTest, ACallbackIsToldTheReplyOrTheFailure) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::promise<std::string> reply;
  client->CallThen(kEcho, Text("x"), [&](std::optional<Text> text, const RpcException* failure) {
    reply.set_value(failure == nullptr ? text->text : "failed");
  });
  EXPECT_EQ(reply.get_future().get(), "x");
  std::promise<Code> code;
  client->CallThen(kFail, Text("x"), [&](std::optional<Text> text, const RpcException* failure) {
    code.set_value(text.has_value() ? Code::kUnknown : failure->code());
  });
  EXPECT_EQ(code.get_future().get(), Code::kNotFound);
  client->CloseNow();
  std::promise<Code> after;
  client->CallThen(kEcho, Text("x"), [&](std::optional<Text> text, const RpcException* failure) {
    after.set_value(text.has_value() ? Code::kUnknown : failure->code());
  });
  EXPECT_EQ(after.get_future().get(), Code::kUnavailable);
}

TEST_F(ThreadsTest, ACallbackMayWaitForAnotherCall) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::promise<std::string> reply;
  client->CallThen(kEcho, Text("x"), [&](std::optional<Text>, const RpcException*) {
    reply.set_value(client->Call(kEcho, Text("inner")).text);
  });
  EXPECT_EQ(reply.get_future().get(), "inner");
}

TEST_F(ThreadsTest, ACallbackThatSleepsKeepsNoOtherCallWaiting) {
  const auto server = ServerBuilder().Start();
  Gate sleeps;
  const auto client = Client::Connect(address());
  client->CallThen(kEcho, Text("x"),
                   [&](std::optional<Text>, const RpcException*) { sleeps.Pass(); });
  ASSERT_TRUE(sleeps.AwaitArrivals(1));
  EXPECT_EQ(client->Call(kEcho, Text("y")).text, "y");
  EXPECT_EQ(client->CallAsync(kEcho, Text("z")).get().text, "z");
  sleeps.Open();
}

TEST_F(ThreadsTest, CallersAndCallbacksShareAConnection) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  constexpr int kChains = 32;
  constexpr int kLinks = 100;
  std::atomic<int> wrong{0};
  Gate ended;
  std::function<void(int)> start = [&](int left) {
    const std::string text = std::to_string(left);
    client->CallThen(kEcho, Text(text),
                     [&, text, left](std::optional<Text> reply, const RpcException*) {
                       if (!reply.has_value() || reply->text != text) ++wrong;
                       if (left == 0) {
                         ended.Arrive();
                       } else {
                         start(left - 1);
                       }
                     });
  };
  for (int i = 0; i < kChains; ++i) start(kLinks);
  EXPECT_EQ(CallFromThreads(*client, 8, 100), 0);
  EXPECT_TRUE(ended.AwaitArrivals(kChains));
  EXPECT_EQ(wrong, 0);
}

TEST_F(ThreadsTest, ClosingInTheMidstOfAllEndsEveryCallOnce) {
  for (int round = 0; round < 10; ++round) {
    auto server = ServerBuilder().Start();
    const auto client =
        Client::Builder(address()).Retry(RetryPolicy::kNone).Service(TextService()).Connect();
    std::atomic<int> told{0};
    std::atomic<int> asked{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        try {
          for (;;) client->Call(kEcho, Text("x"));
        } catch (const RpcException&) {
        }
      });
      callers.emplace_back([&] {
        try {
          for (;;) client->Call(kBack, Text("x"));
        } catch (const RpcException&) {
        }
      });
    }
    Gate enough;
    std::function<void()> start = [&] {
      ++asked;
      client->CallThen(kEcho, Text("x"), [&](std::optional<Text> reply, const RpcException*) {
        if (told > 100) enough.Arrive();
        if (reply.has_value()) start();
        ++told;
      });
    };
    for (int i = 0; i < 8; ++i) start();
    ASSERT_TRUE(enough.AwaitArrivals(1));
    if (round % 2 == 0) {
      client->CloseNow();
    } else {
      server->CloseNow();
    }
    for (std::thread& caller : callers) caller.join();
    client->CloseNow();
    server->CloseNow();
    server.reset();
    // The callbacks may run beside the end, but not longer than the client.
    while (told < asked) std::this_thread::yield();
    EXPECT_EQ(told, asked);
  }
}

TEST_F(ThreadsTest, TheLastMessageOfABurstGoesOutThoughItsSenderGoesOn) {
  const auto server =
      Server::Builder(address())
          .Service(
              ServiceDefinition::Builder("test.v1.Text")
                  .ServerStreaming(kStream,
                                   [this](const Text&, MessageSink<Text>& replies, CallContext&) {
                                     for (int i = 0; i < 10; ++i)
                                       replies.Send(Text(std::to_string(i)));
                                     held_.Pass();
                                   })
                  .Build())
          .Start();
  const auto client = Client::Connect(address());
  MessageStream<Text> stream = client->ServerStream(kStream, Text("x"));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(stream.Next()->text, std::to_string(i));
  }
  held_.Open();
  EXPECT_FALSE(stream.Next().has_value());
}

TEST_F(ThreadsTest, ACallThatAHandlerStartsGoesOutThoughTheHandlerGoesOn) {
  const auto server = Server::Builder(address())
                          .Service(Echoes([this](const Text& request, CallContext& context) {
                            Future<Text> reply = context.peer().CallAsync(kEcho, request);
                            // Not a wait that Parley knows of.
                            held_.Pass();
                            return reply.get();
                          }))
                          .Start();
  const auto client = Client::Builder(address())
                          .Service(Echoes([this](const Text& request, CallContext&) {
                            held_.Open();
                            return request;
                          }))
                          .Connect();
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
}

TEST_F(ThreadsTest, SignalsDisturbNoCaller) {
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  struct sigaction before = {};
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::atomic<bool> over{false};
  const pthread_t caller = ::pthread_self();
  std::thread disturber([&] {
    while (!over) {
      ::pthread_kill(caller, SIGUSR1);
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  }
  EXPECT_EQ(FailureOf([&] {
              client->Call(kHold, Text("x"),
                           CallOptions().WithTimeout(std::chrono::milliseconds(20)));
            }).first,
            Code::kDeadlineExceeded);
  over = true;
  disturber.join();
  held_.Open();
  ::sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace
}  // namespace parley
