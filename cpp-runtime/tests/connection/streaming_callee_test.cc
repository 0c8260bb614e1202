#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "connection/streaming.h"

// What a connection does with calls of its peer that stream.

namespace parley {
namespace {

TEST_F(StreamingCalleeTest, MessagesReachTheHandlerInOrderAndThenTheEnd) {
  Open();
  script_->PlayBytes(OpenRequest(1).Bytes() + Message(1, "a").Bytes());
  script_->Begin();
  script_->PlayBytes(Message(1, "b").Bytes() + Of(FrameType::kEnd, 1).Bytes());
  EXPECT_EQ(payloads(), (Payloads{"", "a", "b", "END"}));
}

TEST_F(StreamingCalleeTest, AMessageInPartsIsPutTogetherWhileOthersPass) {
  Open();
  script_->PlayBytes(OpenRequest(1).Bytes() + Message(1, "a").AndMore().Bytes() +
                     Request(3).Bytes());
  script_->PlayBytes(Message(1, "b").AndMore().Bytes() + Credit(1, 1).Bytes() +
                     Message(1, "c").Bytes());
  EXPECT_EQ(payloads(), (Payloads{"", "q", "abc"}));
  EXPECT_EQ(script_->receiver->costs, std::vector<std::uint64_t>{3 * 65});
}

TEST_F(StreamingCalleeTest, WhatWasConsumedIsGrantedBackAtHalfTheWindow) {
  Open(kPlenty, WithWindow(1000));
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  script_->Play(Message(1, std::string(336, 'x')));
  call->Consumed(400);
  EXPECT_TRUE(script_->Silent()) << "600 are left: no grant yet";
  script_->Play(Message(1, std::string(136, 'x')));
  call->Consumed(200);
  const Frame credit = script_->Take();
  EXPECT_EQ(credit.type, FrameType::kCredit);
  EXPECT_EQ(credit.id, 1u);
  EXPECT_EQ(credit.credit, 600u);
  EXPECT_TRUE(script_->Silent());
}

TEST_F(StreamingCalleeTest, AMessageBegunAtAWindowThatIsUsedUpCloses) {
  Open(kPlenty, WithWindow(1000));
  script_->PlayBytes(OpenRequest(1).Bytes() + Message(1, std::string(5000, 'x')).Bytes() +
                     Message(1, "y").Bytes());
  script_->ExpectClose("W-4", 8);
}

TEST_F(StreamingCalleeTest, AMessageThatWasBegunMayBeFinishedBeyondTheWindow) {
  Open(kPlenty, WithWindow(1000));
  script_->Play(OpenRequest(1));
  script_->Play(Message(1, std::string(900, 'x')).AndMore());
  script_->Play(Message(1, std::string(900, 'x')).AndMore());
  script_->Play(Message(1, "y"));
  EXPECT_EQ(payloads().size(), 2u);
  script_->ExpectUndisturbed();
}

TEST_F(StreamingCalleeTest, WhatTheHandlerSendsStopsAtTheWindowAndGoesOnWithCredit) {
  Open(100);
  script_->Play(Request(1));
  const auto call = script_->Begin();
  int told = 0;
  call->OnSendable([&] { ++told; });
  EXPECT_EQ(script_->Try(*call, std::string(200, 'x')), Offer::kTaken);
  EXPECT_EQ(script_->Try(*call, "next"), Offer::kNoRoom);
  EXPECT_EQ(script_->Take().payload.size(), 200u);
  script_->Play(Credit(1, 164));
  EXPECT_EQ(told, 0) << "the window is at 0";
  script_->Play(Credit(1, 1));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(script_->Try(*call, "next"), Offer::kTaken);
  script_->Return(*call);
  EXPECT_EQ(script_->Take().type, FrameType::kMessage);
  const Frame response = script_->Take();
  EXPECT_EQ(response.type, FrameType::kResponse);
  EXPECT_TRUE(response.success);
  EXPECT_EQ(response.payload, "");
}

TEST_F(StreamingCalleeTest, LargeMessagesTakeTurnsWithSmallCallsAndTheResponseComesLast) {
  Open(std::uint64_t{10} << 20);
  script_->PlayBytes(Request(1).Bytes() + Request(3).Bytes());
  const auto large = script_->receiver->calls[0];
  const auto small = script_->receiver->calls[1];
  ASSERT_TRUE(large->Begin());
  ASSERT_TRUE(small->Begin());
  script_->MakeRoom(0);
  EXPECT_EQ(script_->Try(*large, std::string(2'000'000, 'x')), Offer::kTaken);
  script_->Return(*large);
  script_->Return(*small, "s");
  script_->MakeRoom();
  const std::vector<Frame> frames = script_->TakeAll();
  EXPECT_EQ(frames.back().type, FrameType::kResponse);
  EXPECT_EQ(frames.back().id, 1u);
  const auto place =
      std::find_if(frames.begin(), frames.end(), [](const Frame& frame) { return frame.id == 3; });
  ASSERT_NE(place, frames.end());
  EXPECT_EQ(place->payload, "s");
  EXPECT_LT(place - frames.begin(), 10) << "a small reply waits for what is staged";
  EXPECT_EQ(std::count_if(frames.begin(), frames.end(),
                          [](const Frame& frame) { return frame.type == FrameType::kMessage; }),
            31);
}

TEST_F(StreamingCalleeTest, ACancelledHandlerSendsNothingMoreAndAnswersWhenItReturns) {
  Open(100);
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  Payloads told;
  call->OnSendable([&] { told.emplace_back("sendable"); });
  call->OnStop([&] { told.emplace_back("stopped"); });
  EXPECT_EQ(script_->Try(*call, std::string(200, 'x')), Offer::kTaken);
  EXPECT_EQ(script_->Try(*call, std::string(200, 'x')), Offer::kNoRoom);
  EXPECT_EQ(script_->Take().type, FrameType::kMessage);
  script_->PlayBytes(Of(FrameType::kCancel, 1).Bytes() + Message(1, "late").Bytes());
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, (Payloads{"sendable", "stopped"}));
  EXPECT_EQ(script_->Try(*call, "x"), Offer::kOver);
  EXPECT_TRUE(script_->Silent());
  script_->Return(*call);
  ExpectFailure(1, 1, "");
  EXPECT_EQ(payloads(), Payloads{""});
  script_->ExpectUndisturbed();
}

TEST_F(StreamingCalleeTest, AMessageBehindEndFailsThatCallAlone) {
  Open();
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  script_->PlayBytes(Of(FrameType::kEnd, 1).Bytes() + Message(1, "late").Bytes());
  EXPECT_TRUE(script_->Silent()) << "RESPONSE waits for the handler (C-3)";
  script_->Return(*call, "r");
  ExpectFailure(1, 13, "C-6:");
  script_->ExpectUndisturbed();
}

TEST_F(StreamingCalleeTest, EndInsideAMessageFailsThatCallAlone) {
  Open();
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  script_->PlayBytes(Message(1, "a").AndMore().Bytes() + Of(FrameType::kEnd, 1).Bytes());
  script_->Return(*call, "r");
  ExpectFailure(1, 13, "F-9:");
  script_->ExpectUndisturbed();
}

TEST_F(StreamingCalleeTest, AMessageOverTheLimitFailsThatCallAlone) {
  Settings settings = Script::Named("us");
  settings.max_message = 100;
  Open(kPlenty, settings);
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  script_->Play(Message(1, std::string(90, 'x')).AndMore());
  script_->Play(Message(1, std::string(90, 'x')));
  script_->Return(*call, "r");
  ExpectFailure(1, 8, "C-11:");
  script_->ExpectUndisturbed();
}

TEST_F(StreamingCalleeTest, AResponseThatHasBegunEndsWithOneFrameWhenItsCallIsCancelled) {
  Open();
  script_->Play(Request(1));
  const auto call = script_->Begin();
  script_->MakeRoom(100'000);
  script_->Return(*call, std::string(3'000'000, 'x'));
  script_->Play(Of(FrameType::kCancel, 1));
  script_->MakeRoom();
  const std::vector<Frame> frames = script_->TakeAll();
  EXPECT_LT(frames.size(), 10u);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].type, FrameType::kResponse);
    EXPECT_EQ(frames[i].id, 1u);
    EXPECT_EQ(frames[i].more, i + 1 < frames.size());
  }
  script_->ExpectUndisturbed();
}

TEST_F(StreamingCalleeTest, EventsShareOneWindowThatIsGrantedBack) {
  Open(100, WithWindow(1000));
  Frame event = Of(FrameType::kEvent, 0, std::string(936, 'x'));
  event.name = "e";
  script_->Play(event);
  script_->connection->EventConsumed(936);
  const Frame credit = script_->Take();
  EXPECT_EQ(credit.type, FrameType::kCredit);
  EXPECT_EQ(credit.id, 0u);
  EXPECT_EQ(credit.credit, 1000u);
  const std::string text(200, 'x');
  const std::string_view large = text;
  const std::string_view small = "small";
  EXPECT_FALSE(script_->connection->SendEvent("e", OutgoingMessage::OfBytes(large), {}));
  const auto full = script_->connection->SendEvent("e", OutgoingMessage::OfBytes(small), {});
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->code, 8);
  EXPECT_EQ(full->message.substr(0, 4), "W-5:");
  script_->Play(Credit(0, 1000));
  EXPECT_FALSE(script_->connection->SendEvent("e", OutgoingMessage::OfBytes(small), {}));
  EXPECT_EQ(script_->Take().type, FrameType::kEvent);
  EXPECT_EQ(script_->Take().type, FrameType::kEvent);
  script_->PlayBytes(event.Bytes() + event.Bytes());
  script_->ExpectClose("W-4", 8);
}

}  // namespace
}  // namespace parley
