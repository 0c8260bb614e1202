#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "connection/streaming.h"

// What a connection does for calls of its own side that stream.

namespace parley {
namespace {

TEST_F(StreamingCallerTest, ACallerThatStreamsOpensItsCallAndHalfClosesIt) {
  Open();
  const auto call = script_.Stream(true, false);
  EXPECT_EQ(script_.Try(call, "small"), Offer::kTaken);
  script_.connection->FinishSending(*call);
  script_.connection->FinishSending(*call);
  const Frame request = script_.Take();
  EXPECT_TRUE(request.open);
  EXPECT_EQ(request.payload, "");
  const Frame message = script_.Take();
  EXPECT_EQ(message.type, FrameType::kMessage);
  EXPECT_EQ(message.payload, "small");
  EXPECT_EQ(script_.Take().type, FrameType::kEnd);
  EXPECT_EQ(script_.Try(call, "late"), Offer::kOver);
  script_.Play(Reply(1));
  EXPECT_EQ(call->reply, "r");
  EXPECT_TRUE(script_.Silent());
}

TEST_F(StreamingCallerTest, WhatACalleeStreamsArrivesInOrderBeforeTheEnd) {
  Open();
  const auto call = Watch();
  script_.PlayBytes(Message(1, "a").Bytes() + Message(1, "b").AndMore().Bytes() +
                    Message(1, "c").Bytes() + Reply(1, "").Bytes());
  EXPECT_EQ(call->messages, (std::vector<std::string>{"a", "bc"}));
  EXPECT_EQ(call->costs, (std::vector<std::uint64_t>{65, 130})) << "each frame costs 64 besides";
  EXPECT_EQ(call->ends, 1);
  EXPECT_EQ(call->reply, "");
}

TEST_F(StreamingCallerTest, ALargeRequestAndSmallOnesTakeTurns) {
  Open();
  script_.MakeRoom(0);
  const std::string large(2'000'000, 'x');
  script_.Call(large);
  script_.Call("small");
  script_.MakeRoom();
  std::vector<std::uint64_t> order;
  std::string whole;
  for (const Frame& frame : script_.TakeAll()) {
    EXPECT_EQ(frame.type, FrameType::kRequest);
    if (frame.id == 1) {
      EXPECT_EQ(frame.name, whole.empty() ? "a.B/C" : "") << "a continuation has no name";
      EXPECT_EQ(frame.more, whole.size() + frame.payload.size() < large.size());
      whole += frame.payload;
    }
    order.push_back(frame.id);
  }
  EXPECT_EQ(whole, large);
  const auto small = std::find(order.begin(), order.end(), 3u) - order.begin();
  EXPECT_GT(order.size(), 30u);
  EXPECT_LT(small, 10) << "a small call waits for what is staged, not for the whole";
}

TEST_F(StreamingCallerTest, ASenderWithoutRoomIsToldWhenItsCallEnds) {
  Open(1);
  const auto call = script_.Stream(true, false);
  EXPECT_EQ(script_.Try(call, "one"), Offer::kTaken);
  EXPECT_EQ(script_.Try(call, "two"), Offer::kNoRoom);
  script_.Play(Reply(1));
  EXPECT_EQ(call->times_sendable, 1);
  EXPECT_EQ(script_.Try(call, "two"), Offer::kOver);
}

TEST_F(StreamingCallerTest, CreditForACallThatHasEndedIsDropped) {
  Open(1);
  const auto call = Gather();
  script_.PlayBytes(Reply(1).Bytes() + Credit(1, 9).Bytes());
  EXPECT_EQ(call->reply, "r");
  script_.ExpectUndisturbed();
}

TEST_F(StreamingCallerTest, ACallThatIsLeftDropsWhatStillComesAndHoldsItsSlot) {
  Open();
  const auto call = Watch();
  script_.Play(Message(1, "a").AndMore());
  EXPECT_TRUE(script_.Leave(*call));
  script_.ExpectCancel(1);
  script_.PlayBytes(Message(1, "b").Bytes() + Message(1, "c").Bytes() + Credit(1, 9).Bytes() +
                    Reply(1, "d").AndMore().Bytes());
  EXPECT_TRUE(call->messages.empty());
  ExpectEnd(*call, Outcome::kUnknown, "enough");
  script_.ExpectUndisturbed();
  EXPECT_FALSE(script_.Leave(*call));
  script_.Play(Reply(1, ""));
  EXPECT_EQ(call->ends, 1);
  script_.ExpectUndisturbed();
}

TEST_F(StreamingCallerTest, CancellingInsideALargeRequestSendsNoMoreOfIt) {
  Open();
  script_.MakeRoom(100'000);
  const auto call = script_.Call(std::string(3'000'000, 'x'));
  EXPECT_TRUE(script_.Leave(*call));
  script_.MakeRoom();
  const std::vector<Frame> frames = script_.TakeAll();
  EXPECT_LT(frames.size(), 10u) << "what was staged, and no more";
  EXPECT_EQ(frames.back().type, FrameType::kCancel);
  ExpectEnd(*call, Outcome::kUnknown, "enough");
}

TEST_F(StreamingCallerTest, AResponseBetweenThePartsOfAMessageFailsTheCall) {
  Open();
  const auto call = Watch();
  script_.PlayBytes(Message(1, "a").AndMore().Bytes() + Reply(1, "").Bytes());
  ExpectEnd(*call, Outcome::kReplied, "F-9:");
  EXPECT_EQ(call->status.code, 13);
  script_.ExpectUndisturbed();
}

TEST_F(StreamingCallerTest, AFailureDropsTheMessageThatWasNotWhole) {
  Open();
  const auto call = Watch();
  script_.PlayBytes(Message(1, "a").AndMore().Bytes() +
                    Failure(1, StatusMessage{5, "none", {}, false}).Bytes());
  EXPECT_TRUE(call->messages.empty());
  ExpectEnd(*call, Outcome::kReplied, "none");
  EXPECT_EQ(call->status.code, 5);
}

TEST_F(StreamingCallerTest, NotRunIsDisregardedOnceAMessageHasCome) {
  Open();
  const auto call = Watch();
  script_.PlayBytes(Message(1, "a").Bytes() +
                    Failure(1, StatusMessage{14, "no", {}, true}).Bytes());
  ExpectEnd(*call, Outcome::kReplied, "no");
}

TEST_F(StreamingCallerTest, AStreamOnALevelBelowIsNotSent) {
  script_.Take();
  script_.Play(Hello());
  for (const bool client_streams : {false, true}) {
    const auto call = script_.Stream(client_streams, !client_streams);
    ExpectEnd(*call, Outcome::kNotSent, "H-3:");
    EXPECT_EQ(call->status.code, 12);
  }
  script_.ExpectUndisturbed();
}

TEST_F(StreamingCallerTest, EndFromTheCalleeCloses) {
  Open();
  Watch();
  script_.Play(Of(FrameType::kEnd, 1));
  script_.ExpectClose("C-2");
}

TEST_F(StreamingCallerTest, ACalleeThatOverrunsTheWindowCloses) {
  Open();
  const auto call = Watch();
  script_.Play(Message(1, std::string(300'000, 'x')));
  EXPECT_EQ(call->messages.size(), 1u) << "a message that was begun may be finished (W-2)";
  script_.Play(Message(1, "y"));
  script_.ExpectClose("W-4", 8);
  ExpectEnd(*call, Outcome::kUnknown, "");
}

TEST_F(StreamingCallerTest, ALostConnectionEndsStreamsByWhatIsKnownOfThem) {
  Open();
  const auto call = script_.Stream(true, true);
  script_.Take();
  script_.Play(Message(1, "a"));
  script_.HangUp();
  EXPECT_EQ(call->messages, std::vector<std::string>{"a"});
  ExpectEnd(*call, Outcome::kUnknown, "");
  EXPECT_EQ(script_.Try(call, "late"), Offer::kOver);
  EXPECT_TRUE(script_.timers->empty());
}

}  // namespace
}  // namespace parley
