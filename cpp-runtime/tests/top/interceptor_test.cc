#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "fixture.h"

namespace parley {
namespace {

constexpr TextMethod kTell{"test.v1.Streams/Tell", Shape::kServerStreaming};
constexpr TextMethod kGather{"test.v1.Streams/Gather", Shape::kClientStreaming};
constexpr TextMethod kChat{"test.v1.Streams/Chat", Shape::kBidiStreaming};

using Streams = ServiceDefinition::Streams;
using SharedCall = std::shared_ptr<ClientCall>;

/// What stands before calls and before handlers.
class InterceptorTest : public ServerFixture {
 protected:
  void See(const std::string& what) {
    std::lock_guard<std::mutex> lock(mutex_);
    seen_.push_back(what);
  }

  std::vector<std::string> seen() {
    std::lock_guard<std::mutex> lock(mutex_);
    return seen_;
  }

  /// Notes that a call passed, and adds a pair to its metadata.
  ClientInterceptor Marking(const std::string& mark) {
    return [this, mark](const SharedCall& call, Caller& next) {
      See(mark + " " + std::string(call->method().full_name()));
      const CallOptions& options = call->options();
      call->SetOptions(options.WithMetadata(options.metadata().With("mark", mark)));
      call->OnEnd([this, mark](const CallEnd& end) { See(mark + " " + end.code_name()); });
      next.StartCall(call);
    };
  }

  /// Notes before and behind the handler.
  ServerInterceptor Around(const std::string& mark) {
    return [this, mark](const AnyMethod&, const Streams& streams, CallContext& context,
                        const NextHandler& next) {
      See(mark + " in");
      next(streams, context);
      See(mark + " out");
    };
  }

  ServiceDefinition Echoes(UnaryHandler<Text, Text> handler) {
    return ServiceDefinition::Builder("test.v1.Text").Unary(kEcho, std::move(handler)).Build();
  }

  static ServiceDefinition StreamService() {
    return ServiceDefinition::Builder("test.v1.Streams")
        .ServerStreaming(kTell, [](const Text& request, MessageSink<Text>& replies,
                                   CallContext&) { replies.Send(request); })
        .ClientStreaming(kGather,
                         [](MessageStream<Text>& requests, CallContext&) {
                           std::string all;
                           for (const Text& request : requests) all += request.text;
                           return Text(all);
                         })
        .BidiStreaming(kChat,
                       [](MessageStream<Text>& requests, MessageSink<Text>& replies, CallContext&) {
                         for (const Text& request : requests) replies.Send(request);
                       })
        .Build();
  }

  static std::vector<std::string> All(MessageStream<Text>& stream) {
    std::vector<std::string> all;
    for (const Text& message : stream) all.push_back(message.text);
    return all;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> seen_;
};

TEST_F(InterceptorTest, TheFirstOneIsTheOutermostOnBothSides) {
  const auto server = Server::Builder(address())
                          .InterceptHandlers(Around("one"))
                          .InterceptHandlers(Around("two"))
                          .Service(Echoes([this](const Text& request, CallContext& context) {
                            See("handler " + std::to_string(context.metadata().All("mark").size()));
                            return request;
                          }))
                          .Start();
  const auto client = Client::Builder(address())
                          .InterceptCalls(Marking("a"))
                          .InterceptCalls(Marking("b"))
                          .Connect();
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  EXPECT_EQ(seen(), (std::vector<std::string>{"a test.v1.Text/Echo", "b test.v1.Text/Echo",
                                              "one in", "two in", "handler 2", "two out", "one out",
                                              "b OK", "a OK"}));
}

TEST_F(InterceptorTest, ACallMayBeAnsweredBeforeItLeavesThisSide) {
  const auto server = ServerBuilder().Service(StreamService()).Start();
  const auto client =
      Client::Builder(address())
          .InterceptCalls([](const SharedCall& call, Caller& next) {
            if (call->shape() == Shape::kServerStreaming) {
              call->ReplyStream(std::vector<Text>{Text("one"), Text("two")});
            } else if (call->shape() != Shape::kUnary) {
              throw RpcException(Code::kUnimplemented, "no streams here");
            } else if (call->Request<Text>()->text == "known") {
              call->Reply(Text("from the cache"), {{"age", "1"}});
            } else if (call->Request<Text>()->text == "through") {
              next.StartCall(call);
            } else {
              call->Fail(Status(Code::kPermissionDenied, "not you"), Outcome::kNotSent);
            }
          })
          .Connect();
  Future<Text> known = client->CallAsync(kEcho, Text("known"));
  EXPECT_EQ(known.get().text, "from the cache");
  EXPECT_EQ(known.ReplyMetadata().Get("age"), "1");
  EXPECT_EQ(client->Call(kEcho, Text("through")).text, "through");
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("other")); }),
            Failed(Code::kPermissionDenied, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->CallAsync(kEcho, Text("other")).get(); }),
            Failed(Code::kPermissionDenied, Outcome::kNotSent));
  MessageStream<Text> told = client->ServerStream(kTell, Text("x"));
  EXPECT_EQ(All(told), (std::vector<std::string>{"one", "two"}));
  ClientStream<Text, Text> upload = client->ClientStream(kGather);
  EXPECT_EQ(FailureOf([&] { upload.Send(Text("x")); }),
            Failed(Code::kUnimplemented, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { upload.Finish(); }), Failed(Code::kUnimplemented, Outcome::kNotSent));
}

TEST_F(InterceptorTest, AHandlerIsSparedWhoeverIsNotAuthenticated) {
  /// What a handler sees of a caller that was checked.
  class Checked final : public ForwardingCallContext {
   public:
    Checked(CallContext& context, std::string user)
        : ForwardingCallContext(context), metadata_({{"checked", std::move(user)}}) {}
    const Metadata& metadata() const override { return metadata_; }

   private:
    const Metadata metadata_;
  };
  const auto server = Server::Builder(address())
                          .InterceptHandlers([](const AnyMethod&, const Streams& streams,
                                                CallContext& context, const NextHandler& next) {
                            const auto user = context.metadata().Get("user");
                            if (!user.has_value()) {
                              throw RpcException(Code::kUnauthenticated, "who are you?");
                            }
                            Checked checked(context, std::string(*user));
                            next(streams, checked);
                          })
                          .Service(Echoes([this](const Text&, CallContext& context) {
                            See("handler");
                            return Text(std::string(context.metadata().Get("checked").value()));
                          }))
                          .Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("")); }),
            Failed(Code::kUnauthenticated, Outcome::kReplied));
  EXPECT_TRUE(seen().empty());
  const std::unique_ptr<Caller> ada = Intercept(*client, {[](const SharedCall& call, Caller& next) {
    const CallOptions& options = call->options();
    call->SetOptions(options.WithMetadata(options.metadata().With("user", "ada")));
    next.StartCall(call);
  }});
  EXPECT_EQ(ada->Call(kEcho, Text("")).text, "ada");
}

TEST_F(InterceptorTest, TheFailureIsSeenOnBothSides) {
  const auto server = ServerBuilder()
                          .InterceptHandlers([this](const AnyMethod& method, const Streams& streams,
                                                    CallContext& context, const NextHandler& next) {
                            try {
                              next(streams, context);
                            } catch (const RpcException& failure) {
                              See(std::string(method.full_name()) + " " + CodeName(failure.code()));
                              throw;
                            }
                          })
                          .Start();
  const auto client = Client::Builder(address()).InterceptCalls(Marking("a")).Connect();
  EXPECT_EQ(FailureOf([&] { client->Call(kFail, Text("nothing")); }).first, Code::kNotFound);
  EXPECT_EQ(seen(), (std::vector<std::string>{"a test.v1.Text/Fail", "test.v1.Text/Fail NOT_FOUND",
                                              "a NOT_FOUND"}));
}

TEST_F(InterceptorTest, StreamsCanBeWrappedOnBothSides) {
  class Doubling final : public ForwardingOutlet {
   public:
    using ForwardingOutlet::ForwardingOutlet;
    void Send(const OutgoingMessage& message) override {
      ForwardingOutlet::Send(message);
      ForwardingOutlet::Send(message);
    }
  };
  class Shouting final : public ForwardingInbox {
   public:
    using ForwardingInbox::ForwardingInbox;
    bool Next(std::string* message) override {
      const bool there = ForwardingInbox::Next(message);
      *message += "!";
      return there;
    }
  };
  const auto server = Server::Builder(address())
                          .InterceptHandlers([](const AnyMethod&, const Streams& streams,
                                                CallContext& context, const NextHandler& next) {
                            next({std::make_shared<Shouting>(streams.requests),
                                  std::make_shared<Doubling>(streams.replies)},
                                 context);
                          })
                          .Service(StreamService())
                          .Start();
  const auto client = Client::Builder(address())
                          .InterceptCalls([](const SharedCall& call, Caller& next) {
                            call->WrapReplies([](std::shared_ptr<MessageInbox> replies) {
                              return std::make_shared<Shouting>(std::move(replies));
                            });
                            call->WrapRequests([](std::shared_ptr<MessageOutlet> requests) {
                              return std::make_shared<Doubling>(std::move(requests));
                            });
                            next.StartCall(call);
                          })
                          .Connect();
  BidiStream<Text, Text> chat = client->BidiStream(kChat);
  chat.Send(Text("a"));
  chat.FinishSending();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(chat.Next()->text, "a!!");
  }
  EXPECT_FALSE(chat.Next().has_value());
}

TEST_F(InterceptorTest, EveryShapePassesInterceptors) {
  const auto server =
      Server::Builder(address()).InterceptHandlers(Around("one")).Service(StreamService()).Start();
  const auto client = Client::Builder(address()).InterceptCalls(Marking("a")).Connect();
  MessageStream<Text> told = client->ServerStream(kTell, Text("x"));
  EXPECT_EQ(All(told), std::vector<std::string>{"x"});
  ClientStream<Text, Text> upload = client->ClientStream(kGather);
  upload.Send(Text("a"));
  upload.Send(Text("b"));
  EXPECT_EQ(upload.Finish().text, "ab");
  EXPECT_EQ(seen(),
            (std::vector<std::string>{"a test.v1.Streams/Tell", "one in", "one out", "a OK",
                                      "a test.v1.Streams/Gather", "one in", "one out", "a OK"}));
}

TEST_F(InterceptorTest, AServerInterceptorMayChangeARequestAndItsReply) {
  const auto server =
      Server::Builder(address())
          .InterceptHandlers([](const AnyMethod&, const Streams& streams, CallContext& context,
                                const NextHandler& next) {
            Text request;
            InboxSource<Text>(streams.requests).Next(&request);
            if (request.text == "keep") {
              OutletSink<Text>(*streams.replies).Send(Text("kept"));
            } else if (request.text != "lose") {
              next({MessageInbox::OfOne(request.text + "+"), streams.replies}, context);
            }
          })
          .Service(Echoes([](const Text& request, CallContext&) { return request; }))
          .Start();
  const auto client = Client::Connect(address());
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x+");
  EXPECT_EQ(client->Call(kEcho, Text("keep")).text, "kept");
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("lose")); }),
            Failed(Code::kInternal, Outcome::kReplied));
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text("!bad")); }),
            Failed(Code::kInvalidArgument, Outcome::kRejected));
}

TEST_F(InterceptorTest, AnInterceptorMayCallMoreThanOnce) {
  const auto server = ServerBuilder().Start();
  const auto client =
      Client::Builder(address())
          .InterceptCalls([](const SharedCall& call, Caller& next) {
            if (call->method().full_name() != kFail.full_name()) {
              next.StartCall(call);
              return;
            }
            // Tries what fails, and then something else.
            const Method<MessageBytes, MessageBytes> echo(kEcho.full_name(), Shape::kUnary);
            const MessageBytes request(call->RequestBytes());
            const Method<MessageBytes, MessageBytes> fail(kFail.full_name(), Shape::kUnary);
            EXPECT_THROW(next.Call(fail, request), RpcException);
            call->Reply(next.Call(echo, request));
          })
          .Connect();
  EXPECT_EQ(client->Call(kFail, Text("twice")).text, "twice");
}

TEST_F(InterceptorTest, AnInterceptorMayPassACallOnLater) {
  const auto server = ServerBuilder().Start();
  SharedCall kept;
  Caller* behind = nullptr;
  const auto client = Client::Builder(address())
                          .InterceptCalls([&](const SharedCall& call, Caller& next) {
                            EXPECT_TRUE(call->KeepRequest());
                            kept = call;
                            behind = &next;
                          })
                          .Connect();
  Future<Text> reply = client->CallAsync(kEcho, Text("x"));
  behind->StartCall(kept);
  kept.reset();
  EXPECT_EQ(reply.get().text, "x");
  Future<Text> cancelled = client->CallAsync(kEcho, Text("y"));
  cancelled.Cancel();
  EXPECT_EQ(FailureOf([&] { cancelled.get(); }), Failed(Code::kCancelled, Outcome::kNotSent));
  behind->StartCall(kept);
  kept.reset();
}

TEST_F(InterceptorTest, AServerInterceptsTheCallsThatItMakes) {
  const auto server = ServerBuilder().InterceptCalls(Marking("s")).Start();
  const auto client =
      Client::Builder(address()).InterceptHandlers(Around("c")).Service(TextService()).Connect();
  EXPECT_EQ(client->Call(kBack, Text("x")).text, "back x");
  EXPECT_EQ(seen(), (std::vector<std::string>{"s test.v1.Text/Echo", "c in", "c out", "s OK"}));
}

}  // namespace
}  // namespace parley
