#include <gtest/gtest.h>

#include <string>

#include "connection/streaming.h"

// What one peer can make this side hold for it, and how large a message may be (C-11).

namespace parley {
namespace {

TEST(HeldTest, RequestsOverTheBoundAreRefusedUntilOthersAreAnswered) {
  Settings settings = Script::Named("us");
  settings.max_held = 3000;
  Script script(Side::kAccepting, settings);
  script.Open();
  script.Play(Request(1, std::string(2000, 'x')));
  script.Play(Request(3, std::string(1001, 'x')));
  const StatusMessage refusal = script.TakeFailure(3);
  EXPECT_EQ(refusal.code, 8);
  EXPECT_TRUE(refusal.not_run);
  EXPECT_EQ(refusal.message, "C-11: 2000 bytes are held for this connection, of at most 3000");
  script.Play(Request(5, std::string(1000, 'x')));
  ASSERT_EQ(script.receiver->calls.size(), 2u);
  ASSERT_TRUE(script.receiver->calls[0]->Begin());
  script.receiver->calls[0]->Reply({}, {});
  EXPECT_TRUE(script.Take().success);
  script.Play(Request(7, std::string(2000, 'x')));
  EXPECT_EQ(script.receiver->calls.size(), 3u);
  EXPECT_TRUE(script.Silent());
}

TEST(HeldTest, TheBoundIsThatOfTheProtocol) { EXPECT_EQ(Settings().max_held, 268'435'456u); }

class CallerLimitsTest : public StreamingCallerTest {};

TEST_F(CallerLimitsTest, AMessageOverTheLimitOfThePeerEndsItsCallAndSendsNothing) {
  Open(kPlenty, 100);
  const auto call = Gather();
  EXPECT_EQ(script_.Try(call, std::string(101, 'x')), Offer::kOver);
  script_.connection->FinishSending(*call);
  script_.connection->Flush();
  script_.ExpectCancel(1);
  EXPECT_TRUE(script_.Silent()) << "no END makes the rest look whole";
  ExpectEnd(*call, Outcome::kUnknown, "C-11:");
  EXPECT_EQ(call->status.code, 8);
  ExpectEnd(*script_.Call(std::string(101, 'x')), Outcome::kNotSent, "C-11:");
}

/// A connection that has connected, with small limits of its own.
class BoundedCallerTest : public ::testing::Test {
 protected:
  BoundedCallerTest() {
    script_.Take();
    script_.Play(StreamingHello(kPlenty));
  }

  static Settings Small() {
    Settings settings = Script::Named("us");
    settings.max_message = 1000;
    settings.max_held = 1500;
    return settings;
  }

  Script script_{Side::kConnecting, Small()};
};

TEST_F(BoundedCallerTest, AMessageOverTheLimitFailsTheCallWhileItArrives) {
  const auto call = script_.Stream(false, true);
  script_.Take();
  script_.Play(Message(1, std::string(600, 'x')).AndMore());
  script_.Play(Message(1, std::string(600, 'x')).AndMore());
  EXPECT_EQ(call->status.code, 8);
  EXPECT_EQ(call->status.message.substr(0, 5), "C-11:");
  script_.ExpectCancel(1);
  script_.Play(Message(1, "rest"));
  EXPECT_TRUE(call->messages.empty());
  script_.ExpectUndisturbed();
}

TEST_F(BoundedCallerTest, AReplyOverTheLimitFailsTheCall) {
  const auto whole = script_.Call();
  script_.Play(Reply(1, std::string(1001, 'x')));
  EXPECT_EQ(whole->outcome, Outcome::kReplied);
  EXPECT_EQ(whole->status.code, 8);
  const auto parts = script_.Call();
  script_.Take();
  script_.Take();
  script_.Play(Reply(3, std::string(600, 'x')).AndMore());
  script_.Play(Reply(3, std::string(600, 'x')).AndMore());
  EXPECT_EQ(parts->outcome, Outcome::kUnknown);
  EXPECT_EQ(parts->status.code, 8);
  script_.ExpectCancel(3);
  script_.Play(Reply(3, "rest"));
  EXPECT_EQ(parts->ends, 1);
  script_.ExpectUndisturbed();
}

TEST_F(BoundedCallerTest, WhatIsHeldForAllCallsTogetherHasABound) {
  const auto first = script_.Stream(false, true);
  const auto second = script_.Stream(false, true);
  script_.Take();
  script_.Take();
  script_.Play(Message(1, std::string(900, 'x')));
  script_.Play(Message(3, std::string(500, 'x')).AndMore());
  EXPECT_EQ(second->ends, 0);
  script_.Play(Message(3, std::string(200, 'x')));
  EXPECT_EQ(second->status.code, 8) << "1664 bytes of at most 1500";
  script_.ExpectCancel(3);
  EXPECT_EQ(first->ends, 0);
  // What the failed call held is free again.
  script_.Play(Message(1, std::string(400, 'x')));
  EXPECT_EQ(first->messages.size(), 2u);
  script_.connection->Consumed(*first, first->costs[0]);
  script_.connection->Consumed(*first, first->costs[1]);
  script_.Play(Message(1, std::string(1000, 'x')));
  EXPECT_EQ(first->messages.size(), 3u);
  script_.Play(Reply(1, ""));
  const auto third = script_.Stream(false, true);
  script_.Take();
  script_.Play(Message(5, std::string(1000, 'x')));
  EXPECT_EQ(third->messages.size(), 1u) << "nothing is held for a call that has ended";
}

class CalleeLimitsTest : public StreamingCalleeTest {};

TEST_F(CalleeLimitsTest, AMessageOverTheLimitOfThePeerEndsTheCallAndSendsNothing) {
  script_.emplace(Side::kAccepting);
  script_->Open(StreamingHello(kPlenty, 100));
  script_->Play(Request(1));
  const auto call = script_->Begin();
  int stopped = 0;
  call->OnStop([&] { ++stopped; });
  EXPECT_EQ(script_->Try(*call, std::string(101, 'x')), Offer::kOver);
  EXPECT_EQ(stopped, 1);
  EXPECT_TRUE(script_->Silent());
  script_->Return(*call);
  ExpectFailure(1, 8, "C-11:");
  script_->Play(Request(3));
  script_->Return(*script_->Begin(), std::string(101, 'x'));
  ExpectFailure(3, 8, "C-11:");
}

/// A connection that was accepted, with small limits of its own.
class BoundedCalleeTest : public StreamingCalleeTest {
 protected:
  void SetUp() override {
    Settings settings = Script::Named("us");
    settings.max_message = 1000;
    settings.max_held = 1500;
    settings.window = kPlenty;
    Open(kPlenty, settings);
  }
};

TEST_F(BoundedCalleeTest, ARequestOverTheLimitIsRefusedWhileItArrives) {
  script_->Play(Request(1, std::string(600, 'x')).AndMore());
  script_->Play(Continuation(1, std::string(600, 'x')).AndMore());
  ExpectFailure(1, 8, "C-11:", true);
  script_->Play(Continuation(1, "rest"));
  script_->Play(Request(3, std::string(1001, 'x')));
  ExpectFailure(3, 8, "C-11:", true);
  EXPECT_TRUE(payloads().empty());
  script_->ExpectUndisturbed();
}

TEST_F(BoundedCalleeTest, WhatIsHeldForAllCallsTogetherHasABound) {
  script_->PlayBytes(Request(1, std::string(900, 'x')).Bytes() +
                     Request(3, std::string(500, 'x')).AndMore().Bytes());
  script_->Play(Continuation(3, std::string(200, 'x')));
  ExpectFailure(3, 8, "C-11:", true);
  // What the failed call held is free again.
  script_->PlayBytes(OpenRequest(5).Bytes() + Message(5, std::string(400, 'x')).Bytes());
  EXPECT_EQ(payloads().size(), 3u);
  const auto stream = script_->Begin();
  script_->Play(Message(5, std::string(100, 'x')));
  script_->Return(*stream);
  ExpectFailure(5, 8, "C-11:");
  ASSERT_TRUE(script_->receiver->calls[0]->Begin());
  script_->Return(*script_->receiver->calls[0], "r");
  EXPECT_TRUE(script_->Take().success);
  script_->Play(Request(7, std::string(1000, 'x')));
  EXPECT_EQ(payloads().size(), 4u) << "nothing is held for a call that has ended";
  EXPECT_TRUE(script_->Silent());
}

TEST_F(BoundedCalleeTest, WhatWaitsForTheHandlerIsHeldUntilItIsConsumed) {
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  for (int i = 0; i < 10; ++i) {
    script_->Play(Message(1, std::string(900, 'x')));
    call->Consumed(964);
  }
  EXPECT_EQ(payloads().size(), 11u);
  EXPECT_FALSE(call->IsStopped());
}

TEST_F(BoundedCalleeTest, APartOfARequestThatIsTakenBackIsHeldNoMore) {
  for (std::uint64_t id = 1; id < 20; id += 2) {
    script_->Play(Request(id, std::string(900, 'x')).AndMore());
    script_->Play(Of(FrameType::kCancel, id));
    ExpectFailure(id, 1, "", true);
  }
}

}  // namespace
}  // namespace parley
