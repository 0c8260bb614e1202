#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "connection/streaming.h"

// What messages cost, and how credit comes and goes (W-1 to W-7).

namespace parley {
namespace {

class CallerWindowTest : public StreamingCallerTest {};

TEST_F(CallerWindowTest, ACallersMessagesStopAtTheWindowOfTheirOwnCall) {
  Open(100);
  const auto first = Gather();
  const auto second = Gather();
  EXPECT_EQ(script_.Try(first, std::string(40, 'a')), Offer::kTaken);
  EXPECT_EQ(script_.Try(first, "b"), Offer::kNoRoom) << "104 of 100 are used";
  EXPECT_EQ(script_.Try(second, "c"), Offer::kTaken) << "each call has a window of its own";
  script_.Take();
  script_.Take();
  script_.Play(Credit(1, 4));
  EXPECT_EQ(first->times_sendable, 0) << "the window is at 0";
  script_.Play(Credit(1, 1));
  EXPECT_EQ(first->times_sendable, 1);
  EXPECT_EQ(second->times_sendable, 0);
  EXPECT_EQ(script_.Try(first, "b"), Offer::kTaken);
  EXPECT_EQ(script_.Take().payload, "b");
}

TEST_F(CallerWindowTest, AMessageThatWasBegunIsFinishedWhateverItsSize) {
  Open(1);
  const auto call = Gather();
  const std::string large(200'000, 'x');
  EXPECT_EQ(script_.Try(call, large), Offer::kTaken);
  script_.connection->FinishSending(*call);
  script_.connection->Flush();
  std::string whole;
  const std::vector<Frame> frames = script_.TakeAll();
  for (std::size_t i = 0; i + 1 < frames.size(); ++i) {
    EXPECT_EQ(frames[i].type, FrameType::kMessage);
    EXPECT_EQ(frames[i].id, 1u);
    EXPECT_EQ(frames[i].more, i + 2 < frames.size());
    whole += frames[i].payload;
  }
  EXPECT_EQ(whole, large);
  EXPECT_EQ(frames.back().type, FrameType::kEnd) << "END waits for the message before it";
}

TEST_F(CallerWindowTest, NothingThatIsNoMessageCostsCredit) {
  Open(1);
  const auto unary = script_.Call(std::string(200'000, 'x'));
  EXPECT_EQ(script_.TakeAll().size(), 4u);
  script_.PlayBytes(Reply(1, std::string(60'000, 'y')).AndMore().Bytes() +
                    Reply(1, std::string(300'000, 'y')).Bytes());
  EXPECT_EQ(unary->reply, std::string(360'000, 'y'));
  EXPECT_TRUE(script_.Silent()) << "no CREDIT for a RESPONSE";
  EXPECT_EQ(script_.Try(script_.Stream(true, false), "m"), Offer::kTaken);
}

TEST_F(CallerWindowTest, CreditOfNothingIsIgnoredAndTheSumHasAnEnd) {
  Open(1);
  const auto call = Gather();
  EXPECT_EQ(script_.Try(call, "one"), Offer::kTaken);
  EXPECT_EQ(script_.Try(call, "two"), Offer::kNoRoom);
  script_.Take();
  script_.Play(Credit(1, 0));
  EXPECT_EQ(call->times_sendable, 0);
  script_.Play(Credit(1, UINT64_MAX));
  script_.Play(Credit(1, UINT64_MAX));
  script_.Play(Credit(1, INT64_MAX));
  EXPECT_EQ(call->times_sendable, 1);
  EXPECT_EQ(script_.Try(call, "two"), Offer::kTaken);
  script_.Take();
  script_.ExpectUndisturbed();
}

TEST_F(CallerWindowTest, AWindowWithoutAnEndIsNeverUsedUp) {
  Open(std::uint64_t{1} << 62);
  const auto call = Gather();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(script_.Try(call, std::string(60'000, 'x')), Offer::kTaken);
  }
  EXPECT_EQ(script_.TakeAll().size(), 10u);
}

TEST_F(CallerWindowTest, WhatTheApplicationConsumesIsGrantedBack) {
  Open();
  const auto call = Watch();
  script_.Play(Message(1, std::string(200'000, 'x')));
  EXPECT_TRUE(script_.Silent());
  script_.connection->Consumed(*call, call->costs[0]);
  const Frame credit = script_.Take();
  EXPECT_EQ(credit.type, FrameType::kCredit);
  EXPECT_EQ(credit.id, 1u);
  EXPECT_EQ(credit.credit, 200'064u);
  script_.Play(Reply(1, ""));
  script_.connection->Consumed(*call, 64);
  EXPECT_TRUE(script_.Silent()) << "no CREDIT behind the end";
}

TEST_F(CallerWindowTest, AGrantCountsOnceItIsQueued) {
  Open();
  const auto call = Watch();
  script_.MakeRoom(0);
  script_.Play(Message(1, std::string(300'000, 'x')));
  script_.connection->Consumed(*call, call->costs[0]);
  // The peer cannot have seen the CREDIT, but a correct one might have, so it is not accused.
  script_.Play(Message(1, "y"));
  EXPECT_EQ(call->messages.size(), 2u);
  script_.MakeRoom();
  EXPECT_EQ(script_.Take().credit, 300'064u);
  script_.ExpectUndisturbed();
}

class CalleeWindowTest : public StreamingCalleeTest {};

TEST_F(CalleeWindowTest, EmptyMessagesCostToo) {
  Open(kPlenty, WithWindow(640));
  script_->Play(OpenRequest(1));
  for (int i = 0; i < 10; ++i) script_->Play(Message(1, ""));
  EXPECT_EQ(payloads().size(), 11u);
  script_->Play(Message(1, ""));
  script_->ExpectClose("W-4", 8);
}

TEST_F(CalleeWindowTest, RequestsAndRepliesCostNothing) {
  Open(1, WithWindow(1));
  for (std::uint64_t id = 1; id < 20; id += 2) {
    script_->Play(Request(id, std::string(50'000, 'q')));
    script_->Return(*script_->Begin(), std::string(50'000, 'r'));
    EXPECT_EQ(script_->Take().payload.size(), 50'000u);
  }
  EXPECT_TRUE(script_->Silent()) << "no CREDIT for a REQUEST";
}

TEST_F(CalleeWindowTest, BelowLevelTwoEventsAreNotCounted) {
  script_.emplace(Side::kAccepting, WithWindow(100));
  script_->Open();
  Frame event = Of(FrameType::kEvent, 0, std::string(90, 'x'));
  event.name = "e";
  for (int i = 0; i < 10; ++i) script_->Play(event);
  EXPECT_EQ(script_->receiver->events.size(), 10u);
  for (int i = 0; i < 10; ++i) script_->connection->EventConsumed(90);
  EXPECT_TRUE(script_->Silent());
}

TEST_F(CalleeWindowTest, CreditDoesNotPileUpWhileNobodyReadsIt) {
  Open(kPlenty, WithWindow(1000));
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  script_->MakeRoom(0);
  // A peer that has seen no CREDIT has its first window and the message that overruns it.
  for (int i = 0; i < 12; ++i) {
    script_->Play(Message(1, std::string(16, 'x')));
    call->Consumed(80);
  }
  script_->Play(Message(1, std::string(100'000, 'x')));
  call->Consumed(100'064);
  script_->MakeRoom();
  std::uint64_t granted = 0;
  const std::vector<Frame> frames = script_->TakeAll();
  for (const Frame& frame : frames) granted += frame.credit;
  EXPECT_EQ(granted, 12u * 80 + 100'064);
  EXPECT_LE(frames.size(), 3u);
}

TEST_F(CalleeWindowTest, ControlFramesDoNotWaitForRoom) {
  Open(kPlenty, WithWindow(1000));
  script_->PlayBytes(Request(1).Bytes() + OpenRequest(3).Bytes());
  const auto large = script_->receiver->calls[0];
  ASSERT_TRUE(large->Begin());
  script_->MakeRoom(0);
  script_->Return(*large, std::string(3'000'000, 'x'));
  const auto stream = script_->Begin();
  script_->Play(Message(3, std::string(900, 'x')));
  stream->Consumed(964);
  script_->Play(Of(FrameType::kPing, 5));
  script_->MakeRoom();
  const std::vector<Frame> frames = script_->TakeAll();
  for (const FrameType type : {FrameType::kCredit, FrameType::kPong}) {
    const auto place = std::find_if(frames.begin(), frames.end(),
                                    [type](const Frame& frame) { return frame.type == type; });
    ASSERT_NE(place, frames.end());
    EXPECT_LT(place - frames.begin(), 10) << ToString(type);
  }
  EXPECT_GT(frames.size(), 40u);
}

TEST_F(CalleeWindowTest, ARequestInPartsIsPutTogetherWhileOthersPass) {
  Open();
  script_->PlayBytes(Request(1, "a").AndMore().Bytes() + Request(3).Bytes() +
                     Continuation(1, "b").AndMore().Bytes());
  EXPECT_EQ(payloads(), Payloads{"q"});
  script_->Play(Continuation(1, "c"));
  EXPECT_EQ(payloads(), (Payloads{"q", "abc"}));
  EXPECT_EQ(script_->receiver->calls[1]->method(), "a.B/C");
  EXPECT_EQ(script_->receiver->calls[1]->id(), 1u);
}

}  // namespace
}  // namespace parley
