#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TextMethod kTell{"test.v1.Streams/Tell", Shape::kServerStreaming};
constexpr TextMethod kGather{"test.v1.Streams/Gather", Shape::kClientStreaming};
constexpr TextMethod kChat{"test.v1.Streams/Chat", Shape::kBidiStreaming};

class StreamTest : public ServerFixture {
 protected:
  std::unique_ptr<Server> Tells(ServerStreamingHandler<Text, Text> handler) {
    return ServerBuilder()
        .Service(
            ServiceDefinition::Builder("test.v1.Streams").ServerStreaming(kTell, handler).Build())
        .Start();
  }

  std::unique_ptr<Server> Gathers(ClientStreamingHandler<Text, Text> handler) {
    return ServerBuilder()
        .Service(
            ServiceDefinition::Builder("test.v1.Streams").ClientStreaming(kGather, handler).Build())
        .Start();
  }

  std::unique_ptr<Server> Chats(BidiStreamingHandler<Text, Text> handler,
                                std::uint64_t window = 256u << 10) {
    return ServerBuilder()
        .Window(window)
        .Service(
            ServiceDefinition::Builder("test.v1.Streams").BidiStreaming(kChat, handler).Build())
        .Start();
  }

  static std::string Joined(MessageStream<Text>& requests) {
    std::string all;
    for (const Text& request : requests) {
      all += request.text;
    }
    return all;
  }

  static void EchoAll(MessageStream<Text>& requests, MessageSink<Text>& replies, CallContext&) {
    for (const Text& request : requests) {
      replies.Send(request);
    }
  }
};

TEST_F(StreamTest, AServerStreamGivesAllItsMessagesInOrderAndThenTheEnd) {
  const auto server =
      Tells([](const Text& request, MessageSink<Text>& replies, CallContext& context) {
        for (int i = 0; i < 5000; ++i) {
          replies.Send(Text(request.text + std::to_string(i)));
        }
        context.SetReplyMetadata({{"count", "5000"}});
      });
  const auto client = Client::Connect(address());
  MessageStream<Text> stream = client->ServerStream(kTell, Text("n"));
  int count = 0;
  for (const Text& message : stream) {
    ASSERT_EQ(message.text, "n" + std::to_string(count));
    ++count;
  }
  EXPECT_EQ(count, 5000);
  EXPECT_EQ(stream.ReplyMetadata().Get("count"), "5000");
  EXPECT_FALSE(stream.Next().has_value());
}

TEST_F(StreamTest, AFailureStandsBehindTheMessagesThatWereSentBeforeIt) {
  const auto server = Tells([](const Text&, MessageSink<Text>& replies, CallContext&) {
    replies.Send(Text("a"));
    replies.Send(Text("b"));
    throw RpcException(Code::kDataLoss, "no more");
  });
  const auto client = Client::Connect(address());
  MessageStream<Text> stream = client->ServerStream(kTell, Text("n"));
  EXPECT_EQ(stream.Next()->text, "a");
  EXPECT_EQ(stream.Next()->text, "b");
  EXPECT_EQ(FailureOf([&] { stream.Next(); }), Failed(Code::kDataLoss, Outcome::kReplied));
}

TEST_F(StreamTest, AClientStreamIsReadToItsEndAndAnswered) {
  const auto server =
      Gathers([](MessageStream<Text>& requests, CallContext&) { return Text(Joined(requests)); });
  const auto client = Client::Connect(address());
  std::string sent;
  ClientStream<Text, Text> stream = client->ClientStream(kGather);
  for (int i = 0; i < 3000; ++i) {
    stream.Send(Text("," + std::to_string(i)));
    sent += "," + std::to_string(i);
  }
  EXPECT_EQ(stream.Finish().text, sent);
}

TEST_F(StreamTest, MessagesThatWaitForRoomAreSentBeforeTheHalfClose) {
  const auto server =
      ServerBuilder()
          .Window(100)
          .Service(ServiceDefinition::Builder("test.v1.Streams")
                       .ClientStreaming(kGather,
                                        [this](MessageStream<Text>& requests, CallContext&) {
                                          held_.Pass();
                                          return Text(Joined(requests));
                                        })
                       .Build())
          .Start();
  const auto client = Client::Connect(address());
  ClientStream<Text, Text> stream = client->ClientStream(kGather);
  std::string sent;
  std::vector<std::future<void>> taken;
  for (int i = 0; i < 20; ++i) {
    taken.push_back(stream.SendAsync(Text("," + std::to_string(i))));
    sent += "," + std::to_string(i);
  }
  Future<Text> reply = stream.FinishAsync();
  EXPECT_EQ(FailureOf([&] { stream.Send(Text("late")); }).first, Code::kFailedPrecondition);
  EXPECT_EQ(FailureOf([&] { stream.SendAsync(Text("late")).get(); }).first,
            Code::kFailedPrecondition);
  held_.Open();
  EXPECT_EQ(reply.get().text, sent);
  for (std::future<void>& each : taken) each.get();
}

TEST_F(StreamTest, AHandlerMayAnswerBeforeItHasReadAll) {
  const auto server =
      Gathers([](MessageStream<Text>& requests, CallContext&) { return *requests.Next(); });
  const auto client = Client::Connect(address());
  ClientStream<Text, Text> stream = client->ClientStream(kGather);
  stream.Send(Text("enough"));
  EXPECT_EQ(stream.FinishAsync().get().text, "enough");
  EXPECT_EQ(FailureOf([&] { stream.Send(Text("late")); }),
            Failed(Code::kFailedPrecondition, Outcome::kReplied));
}

TEST_F(StreamTest, BothSidesStreamSideBySide) {
  const auto server = Chats(EchoAll);
  const auto client = Client::Connect(address());
  BidiStream<Text, Text> chat = client->BidiStream(kChat);
  for (int i = 0; i < 100; ++i) {
    chat.Send(Text(std::to_string(i)));
    ASSERT_EQ(chat.Next()->text, std::to_string(i));
  }
  chat.FinishSending();
  EXPECT_FALSE(chat.Next().has_value());
}

TEST_F(StreamTest, TheAsynchronousFormsDoTheSame) {
  const auto server = Chats(EchoAll);
  const auto client = Client::Connect(address());
  BidiStream<Text, Text> chat = client->BidiStream(kChat);
  std::atomic<int> got{0};
  std::future<void> read = chat.ForEachAsync([&](const Text& message) {
    EXPECT_EQ(message.text, std::string(1000, 'x') + std::to_string(got));
    ++got;
  });
  std::vector<std::future<void>> sent;
  for (int i = 0; i < 2000; ++i) {
    sent.push_back(chat.SendAsync(Text(std::string(1000, 'x') + std::to_string(i))));
  }
  for (std::future<void>& each : sent) {
    each.get();
  }
  chat.FinishSending();
  read.get();
  EXPECT_EQ(got, 2000);
}

TEST_F(StreamTest, NextAsyncIsReadyWhenTheMessageComes) {
  const auto server = Tells([this](const Text&, MessageSink<Text>& replies, CallContext&) {
    held_.Pass();
    replies.Send(Text("now"));
  });
  const auto client = Client::Connect(address());
  MessageStream<Text> stream = client->ServerStream(kTell, Text(""));
  std::future<std::optional<Text>> next = stream.NextAsync();
  EXPECT_EQ(next.wait_for(seconds(0)), std::future_status::timeout);
  held_.Open();
  EXPECT_EQ(next.get()->text, "now");
  EXPECT_FALSE(stream.NextAsync().get().has_value());
}

TEST_F(StreamTest, AnUnreadStreamDelaysNoOtherCallOfTheConnection) {
  std::atomic<int> sent{0};
  const auto server = Tells([&](const Text&, MessageSink<Text>& replies, CallContext&) {
    for (int i = 0; i < 10'000; ++i) {
      replies.Send(Text(std::string(100, 'x')));
      ++sent;
    }
  });
  const auto client = Client::Connect(address());
  MessageStream<Text> unread = client->ServerStream(kTell, Text(""));
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(client->Call(kEcho, Text(std::to_string(i))).text, std::to_string(i));
  }
  // A window of 256 KiB, each message at 100 + 64 bytes: no more than that and one were taken.
  EXPECT_LE(sent, 256 * 1024 / 164 + 2);
  int count = 0;
  while (unread.Next().has_value()) {
    ++count;
  }
  EXPECT_EQ(count, 10'000);
}

TEST_F(StreamTest, MessagesOfManyFramesCrossBothWaysWithTinyWindows) {
  const auto server = Chats(EchoAll, 1);
  const auto client = Client::Builder(address()).Window(1).Connect();
  BidiStream<Text, Text> chat = client->BidiStream(kChat);
  std::thread reader([&] {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(chat.Next()->text, std::string(500'000, static_cast<char>('a' + i)));
    }
  });
  for (int i = 0; i < 10; ++i) {
    chat.Send(Text(std::string(500'000, static_cast<char>('a' + i))));
  }
  chat.FinishSending();
  reader.join();
}

TEST_F(StreamTest, AUnaryCallOf20MiBIsCutAndPutTogether) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  const std::string large(20u << 20, 'x');
  EXPECT_EQ(client->Call(kEcho, Text(large)).text, large);
}

TEST_F(StreamTest, AMessageOverTheReceiversLimitFailsThatCallAlone) {
  const auto server =
      ServerBuilder()
          .MaxMessage(1000)
          .Service(
              ServiceDefinition::Builder("test.v1.Streams")
                  .ClientStreaming(kGather, [](MessageStream<Text>& requests,
                                               CallContext&) { return Text(Joined(requests)); })
                  .Build())
          .Start();
  const auto client = Client::Connect(address());
  ClientStream<Text, Text> stream = client->ClientStream(kGather);
  EXPECT_EQ(FailureOf([&] { stream.Send(Text(std::string(2000, 'x'))); }).first,
            Code::kResourceExhausted);
  EXPECT_EQ(client->Call(kEcho, Text("on")).text, "on");
}

TEST_F(StreamTest, DestroyingAStreamEarlyCancelsItsCall) {
  std::promise<Code> seen;
  const auto server = Tells([&](const Text&, MessageSink<Text>& replies, CallContext&) {
    try {
      for (;;) {
        replies.Send(Text(std::string(1000, 'x')));
      }
    } catch (const RpcException& failure) {
      seen.set_value(failure.code());
      throw;
    }
  });
  const auto client = Client::Connect(address());
  {
    MessageStream<Text> stream = client->ServerStream(kTell, Text(""));
    EXPECT_TRUE(stream.Next().has_value());
  }
  EXPECT_EQ(seen.get_future().get(), Code::kCancelled);
}

TEST_F(StreamTest, MessagesThatWaitForRoomAreSentBeforeTheAnswer) {
  const auto server = Tells([this](const Text&, MessageSink<Text>& replies, CallContext& context) {
    for (int i = 0; i < 20; ++i) {
      replies.SendAsync(Text(std::to_string(i)));
    }
    context.SetReplyMetadata({{"count", "20"}});
    held_.Open();
  });
  const auto client = Client::Builder(address()).Window(100).Connect();
  MessageStream<Text> stream = client->ServerStream(kTell, Text(""));
  held_.Pass();
  for (int i = 0; i < 20; ++i) {
    const std::optional<Text> message = stream.Next();
    ASSERT_TRUE(message.has_value()) << i;
    EXPECT_EQ(message->text, std::to_string(i));
  }
  EXPECT_FALSE(stream.Next().has_value());
  EXPECT_EQ(stream.ReplyMetadata().Get("count"), "20");
}

TEST_F(StreamTest, ALostConnectionEndsAStreamWhoseAnswerWaits) {
  std::future<void> last;
  const auto server = Tells([&](const Text&, MessageSink<Text>& replies, CallContext&) {
    for (int i = 0; i < 20; ++i) {
      last = replies.SendAsync(Text(std::to_string(i)));
    }
    held_.Open();
  });
  const auto client = Client::Builder(address()).Window(100).Connect();
  MessageStream<Text> stream = client->ServerStream(kTell, Text(""));
  held_.Pass();
  client->CloseNow();
  EXPECT_EQ(FailureOf([&] { last.get(); }).first, Code::kUnavailable);
}

TEST_F(StreamTest, AHandlerThatReadsNoMoreLeavesItsCallersUnblocked) {
  const auto server = Gathers([this](MessageStream<Text>& requests, CallContext&) {
    EXPECT_TRUE(requests.Next().has_value());
    requests.Close();
    EXPECT_FALSE(requests.Next().has_value());
    held_.Pass();
    return Text("enough");
  });
  const auto client = Client::Connect(address());
  ClientStream<Text, Text> stream = client->ClientStream(kGather);
  // Four windows.
  for (int i = 0; i < 1000; ++i) {
    stream.Send(Text(std::string(1000, 'x')));
  }
  held_.Open();
  EXPECT_EQ(stream.Finish().text, "enough");
}

TEST_F(StreamTest, ASenderWithoutRoomIsWokenByTheEndOfItsCall) {
  const auto server = Gathers([](MessageStream<Text>&, CallContext& context) {
    Gate cancelled;
    context.OnCancel([&] { cancelled.Open(); });
    cancelled.Pass();
    return Text("");
  });
  const auto client = Client::Connect(address());
  for (const std::string cause : {"deadline", "close"}) {
    const CallOptions options =
        cause == "deadline" ? CallOptions().WithTimeout(milliseconds(200)) : CallOptions();
    ClientStream<Text, Text> stream = client->ClientStream(kGather, options);
    std::atomic<int> sent{0};
    std::promise<void> full;
    std::future<Code> failure = std::async(std::launch::async, [&] {
      for (;;) {
        try {
          stream.Send(Text(std::string(1000, 'x')));
        } catch (const RpcException& thrown) {
          return thrown.code();
        }
        if (++sent == 240) {
          full.set_value();
        }
      }
    });
    if (cause != "deadline") {
      full.get_future().wait();
    }
    Code wanted = Code::kDeadlineExceeded;
    if (cause == "close") {
      client->CloseNow();
      wanted = Code::kUnavailable;
    }
    EXPECT_EQ(failure.get(), wanted) << cause;
    EXPECT_LE(sent, 260) << cause;
  }
}

TEST_F(StreamTest, ADeadlineEndsAStreamAtBothEnds) {
  std::promise<Code> seen;
  const auto server = Chats([&](MessageStream<Text>& requests, MessageSink<Text>&, CallContext&) {
    try {
      Joined(requests);
    } catch (const RpcException& failure) {
      seen.set_value(failure.code());
      throw;
    }
  });
  const auto client = Client::Connect(address());
  BidiStream<Text, Text> chat =
      client->BidiStream(kChat, CallOptions().WithTimeout(milliseconds(100)));
  // UNKNOWN, or REPLIED if the callee was faster to say so.
  EXPECT_EQ(FailureOf([&] { chat.Next(); }).first, Code::kDeadlineExceeded);
  const Code code = seen.get_future().get();
  EXPECT_TRUE(code == Code::kDeadlineExceeded || code == Code::kCancelled) << CodeName(code);
}

TEST_F(StreamTest, AMessageThatDoesNotParseFailsThatCallAlone) {
  const auto server =
      Gathers([](MessageStream<Text>& requests, CallContext&) { return Text(Joined(requests)); });
  const auto client = Client::Connect(address());
  ClientStream<Text, Text> stream = client->ClientStream(kGather);
  stream.Send(Text("!bad"));
  EXPECT_EQ(FailureOf([&] { stream.Finish(); }), Failed(Code::kInvalidArgument, Outcome::kReplied));
  EXPECT_EQ(client->Call(kEcho, Text("on")).text, "on");
}

TEST_F(StreamTest, ALostConnectionEndsStreamsOnBothSidesWithTheMessagesBeforeIt) {
  std::promise<Code> seen;
  const auto server =
      Chats([&](MessageStream<Text>& requests, MessageSink<Text>& replies, CallContext&) {
        replies.Send(Text("one"));
        try {
          Joined(requests);
        } catch (const RpcException& failure) {
          seen.set_value(failure.code());
        }
      });
  const auto client = Client::Connect(address());
  BidiStream<Text, Text> chat = client->BidiStream(kChat);
  EXPECT_EQ(chat.Next()->text, "one");
  client->CloseNow();
  EXPECT_EQ(FailureOf([&] { chat.Next(); }), Failed(Code::kUnavailable, Outcome::kUnknown));
  EXPECT_EQ(seen.get_future().get(), Code::kUnavailable);
}

}  // namespace
}  // namespace parley
