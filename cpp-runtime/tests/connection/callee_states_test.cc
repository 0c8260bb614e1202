#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "connection/streaming.h"

// Cells of the callee's table in section 15 of the specification.

namespace parley {
namespace {

using std::chrono::milliseconds;

class CalleeStatesTest : public StreamingCalleeTest {};

TEST_F(CalleeStatesTest, ANameOnARunningCallCloses) {
  for (const Frame& first : {Request(1).AndMore(), OpenRequest(1), Request(1)}) {
    Open();
    script_->PlayBytes(first.Bytes() + Request(1).Bytes());
    script_->ExpectClose("C-2");
  }
}

TEST_F(CalleeStatesTest, AForeignFrameBetweenThePartsOfARequestFailsThatCallAlone) {
  Open();
  std::uint64_t id = 1;
  for (const FrameType type : {FrameType::kMessage, FrameType::kEnd}) {
    script_->PlayBytes(Request(id, "a").AndMore().Bytes() + Of(type, id).Bytes());
    ExpectFailure(id, 13, "F-9:", true);
    script_->Play(Continuation(id, "late"));
    id += 2;
  }
  EXPECT_TRUE(payloads().empty());
  script_->ExpectUndisturbed();
}

TEST_F(CalleeStatesTest, ACancelBetweenThePartsOfARequestAnswersThatItDidNotRun) {
  Open();
  script_->PlayBytes(Request(1, "a").AndMore().Bytes() + Of(FrameType::kCancel, 1).Bytes() +
                     Continuation(1, "b").Bytes());
  ExpectFailure(1, 1, "", true);
  EXPECT_TRUE(payloads().empty());
  script_->ExpectUndisturbed();
}

TEST_F(CalleeStatesTest, ADeadlineBetweenThePartsOfARequestAnswersThatItDidNotRun) {
  Open();
  Frame request = Request(1, "a").AndMore();
  request.timeout_us = 5000;
  script_->Play(request);
  script_->Advance(milliseconds(5));
  ExpectFailure(1, 4, "", true);
  script_->Play(Continuation(1, "b"));
  EXPECT_TRUE(payloads().empty());
  script_->ExpectUndisturbed();
}

TEST_F(CalleeStatesTest, CreditBetweenThePartsOfARequestCounts) {
  Open(1);
  script_->PlayBytes(Request(1, "a").AndMore().Bytes() + Credit(1, 1000).Bytes() +
                     Continuation(1, "b").Bytes());
  const auto call = script_->Begin();
  EXPECT_EQ(script_->Try(*call, std::string(500, 'x')), Offer::kTaken);
  EXPECT_EQ(script_->Try(*call, std::string(500, 'x')), Offer::kTaken);
  EXPECT_EQ(script_->Try(*call, "x"), Offer::kNoRoom);
}

TEST_F(CalleeStatesTest, AConnectionThatEndsBetweenThePartsOfARequestStartsNothing) {
  Open();
  script_->Play(Request(1, "a").AndMore());
  script_->HangUp();
  EXPECT_TRUE(payloads().empty());
  EXPECT_TRUE(script_->receiver->closed.has_value());
}

TEST_F(CalleeStatesTest, ARequestThatGoesOnThoughItIsWholeFailsThatCallAlone) {
  Open();
  std::uint64_t id = 1;
  for (const bool open : {false, true}) {
    script_->Play(open ? OpenRequest(id) : Request(id));
    const auto call = script_->Begin();
    script_->Play(Continuation(id, "more"));
    EXPECT_TRUE(call->IsStopped());
    script_->Play(Continuation(id, "again"));
    EXPECT_TRUE(script_->Silent()) << "RESPONSE waits for the handler (C-3)";
    script_->Return(*call, "r");
    ExpectFailure(id, 13, "F-9:");
    script_->Play(Continuation(id, "after the end"));
    id += 2;
  }
  script_->ExpectUndisturbed();
}

TEST_F(CalleeStatesTest, AMessageOrEndForAUnaryCallFailsThatCallAlone) {
  Open();
  std::uint64_t id = 1;
  for (const FrameType type : {FrameType::kMessage, FrameType::kEnd}) {
    script_->Play(Request(id));
    const auto call = script_->Begin();
    script_->Play(Of(type, id));
    script_->Return(*call, "r");
    ExpectFailure(id, 13, "C-6:");
    id += 2;
  }
  script_->ExpectUndisturbed();
}

TEST_F(CalleeStatesTest, ASecondEndFailsThatCallAlone) {
  Open();
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  script_->PlayBytes(Of(FrameType::kEnd, 1).Bytes() + Of(FrameType::kEnd, 1).Bytes());
  EXPECT_EQ(payloads(), (Payloads{"", "END"}));
  script_->Return(*call, "r");
  ExpectFailure(1, 13, "C-6:");
}

TEST_F(CalleeStatesTest, MisuseBeforeTheHandlerStartsAnswersThatItDidNotRun) {
  Open();
  script_->PlayBytes(OpenRequest(1).Bytes() + Of(FrameType::kEnd, 1).Bytes() +
                     Message(1, "late").Bytes());
  ExpectFailure(1, 13, "C-6:", true);
  EXPECT_FALSE(script_->receiver->calls[0]->Begin());
  script_->PlayBytes(OpenRequest(3).Bytes() + Of(FrameType::kCancel, 3).Bytes());
  ExpectFailure(3, 1, "", true);
  EXPECT_FALSE(script_->receiver->calls[1]->Begin());
}

TEST_F(CalleeStatesTest, ADeadlineStopsAHandlerThatStreams) {
  Open();
  Frame request = OpenRequest(1);
  request.timeout_us = 5000;
  script_->Play(request);
  const auto call = script_->Begin();
  script_->Advance(milliseconds(5));
  EXPECT_TRUE(call->IsStopped());
  EXPECT_EQ(script_->Try(*call, "x"), Offer::kOver);
  script_->Play(Message(1, "late"));
  EXPECT_EQ(payloads(), Payloads{""});
  script_->Return(*call);
  ExpectFailure(1, 4, "");
}

TEST_F(CalleeStatesTest, AStoppedCallTakesNothingMoreAndIsStoppedOnce) {
  Open(1);
  script_->Play(OpenRequest(1));
  const auto call = script_->Begin();
  int told = 0;
  call->OnStop([&] { ++told; });
  script_->PlayBytes(Of(FrameType::kCancel, 1).Bytes() + Of(FrameType::kCancel, 1).Bytes() +
                     Continuation(1, "x").Bytes() + Message(1, "x").Bytes() +
                     Of(FrameType::kEnd, 1).Bytes() + Credit(1, 1000).Bytes());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(payloads(), Payloads{""});
  EXPECT_EQ(script_->Try(*call, "x"), Offer::kOver);
  script_->Return(*call);
  ExpectFailure(1, 1, "");
  script_->ExpectUndisturbed();
}

/// A call whose handler has returned a reply of many frames, of which a few are staged.
class AnsweringTest : public StreamingCalleeTest {
 protected:
  static constexpr std::size_t kSize = 1'000'000;

  void SetUp() override {
    Open();
    Frame request = OpenRequest(1);
    request.timeout_us = 5000;
    script_->Play(request);
    const auto call = script_->Begin();
    script_->MakeRoom(100'000);
    script_->Return(*call, std::string(kSize, 'x'));
  }

  void ExpectWholeReply() {
    script_->MakeRoom();
    std::string whole;
    for (const Frame& frame : script_->TakeAll()) {
      EXPECT_EQ(frame.type, FrameType::kResponse);
      EXPECT_EQ(frame.success, whole.empty());
      whole += frame.payload;
      EXPECT_EQ(frame.more, whole.size() < kSize);
    }
    EXPECT_EQ(whole.size(), kSize);
    EXPECT_EQ(payloads(), Payloads{""});
    script_->ExpectUndisturbed();
  }
};

TEST_F(AnsweringTest, ItsCallDropsWhatStillComes) {
  script_->PlayBytes(Message(1, "x").Bytes() + Of(FrameType::kEnd, 1).Bytes() +
                     Credit(1, 1000).Bytes());
  ExpectWholeReply();
}

TEST_F(AnsweringTest, ARequestThatGoesOnDoesNotCutTheReply) {
  script_->Play(Continuation(1, "x"));
  ExpectWholeReply();
}

TEST_F(AnsweringTest, ADeadlineDoesNotCutTheReply) {
  script_->Advance(milliseconds(5));
  ExpectWholeReply();
}

TEST_F(AnsweringTest, NothingIsSentOnceTheConnectionHasEnded) {
  script_->HangUp();
  EXPECT_TRUE(script_->wire->closed);
}

}  // namespace
}  // namespace parley
