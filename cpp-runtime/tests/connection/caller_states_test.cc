#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "connection/streaming.h"

// Cells of the caller's table in section 15 of the specification.

namespace parley {
namespace {

using std::chrono::milliseconds;

class CallerStatesTest : public StreamingCallerTest {};

TEST_F(CallerStatesTest, AMessageFromACalleeThatMayNotStreamFailsTheCall) {
  Open();
  for (const bool client_streams : {false, true}) {
    const auto call = client_streams ? Gather() : script_.Call();
    if (!client_streams) script_.Take();
    const std::uint64_t id = client_streams ? 3 : 1;
    script_.Play(Message(id, "m"));
    ExpectEnd(*call, Outcome::kUnknown, "C-6:");
    EXPECT_EQ(call->status.code, 13);
    script_.ExpectCancel(id);
    script_.Play(Message(id, "m"));
    EXPECT_TRUE(call->messages.empty());
  }
  script_.ExpectUndisturbed();
}

TEST_F(CallerStatesTest, AMessageBeforeTheRequestIsWholeFailsTheCall) {
  Open();
  script_.MakeRoom(100'000);
  const auto call = script_.Call(std::string(3'000'000, 'x'));
  script_.Play(Message(1, "m"));
  ExpectEnd(*call, Outcome::kUnknown, "C-6:");
}

TEST_F(CallerStatesTest, AResponseBeforeTheRequestIsWholeEndsTheCallAndTheRequest) {
  Open();
  script_.MakeRoom(100'000);
  const auto call = script_.Call(std::string(3'000'000, 'x'));
  script_.Play(Failure(1, StatusMessage{8, "too large", {}, true}));
  ExpectEnd(*call, Outcome::kRejected, "too large");
  script_.MakeRoom();
  EXPECT_LT(script_.TakeAll().size(), 10u) << "what was staged, and no more";
  script_.ExpectUndisturbed();
}

TEST_F(CallerStatesTest, AResponseThatBeginsBeforeTheRequestIsWholeStopsTheRequest) {
  Open();
  script_.MakeRoom(100'000);
  const auto call = script_.Call(std::string(3'000'000, 'x'));
  script_.Play(Reply(1, "re").AndMore());
  script_.MakeRoom();
  EXPECT_LT(script_.TakeAll().size(), 10u) << "what was staged, and no more";
  EXPECT_EQ(call->ends, 0);
  script_.Play(Reply(1, "ply"));
  EXPECT_EQ(call->reply, "reply");
  script_.ExpectUndisturbed();
}

TEST_F(CallerStatesTest, AResponseThatBeginsStopsTheCallersStream) {
  Open(1);
  const auto call = Gather();
  EXPECT_EQ(script_.Try(call, "one"), Offer::kTaken);
  EXPECT_EQ(script_.Try(call, "two"), Offer::kNoRoom);
  script_.Take();
  script_.PlayBytes(Reply(1, "re").AndMore().Bytes() + Credit(1, 1000).Bytes());
  EXPECT_EQ(call->times_sendable, 1);
  EXPECT_EQ(script_.Try(call, "two"), Offer::kOver);
  script_.connection->FinishSending(*call);
  script_.connection->Flush();
  EXPECT_TRUE(script_.Silent());
  script_.Play(Reply(1, "ply"));
  EXPECT_EQ(call->reply, "reply");
}

TEST_F(CallerStatesTest, AMessageBetweenThePartsOfAResponseFailsTheCall) {
  Open();
  const auto call = Watch();
  script_.PlayBytes(Reply(1, "re").AndMore().Bytes() + Message(1, "m").Bytes());
  ExpectEnd(*call, Outcome::kUnknown, "F-9:");
  script_.ExpectCancel(1);
  script_.Play(Reply(1, "ply"));
  script_.ExpectUndisturbed();
}

TEST_F(CallerStatesTest, CancellingInsideAResponseSendsCancelAndDropsTheRest) {
  Open();
  const auto call = script_.Call();
  script_.Take();
  script_.Play(Reply(1, "re").AndMore());
  EXPECT_TRUE(script_.Leave(*call));
  script_.ExpectCancel(1);
  script_.Play(Reply(1, "ply"));
  ExpectEnd(*call, Outcome::kUnknown, "enough");
  EXPECT_FALSE(call->reply.has_value());
}

TEST_F(CallerStatesTest, ADeadlineEndsAStreamWithCancel) {
  Open();
  const auto call = script_.Stream(true, true, milliseconds(5));
  EXPECT_EQ(script_.Take().timeout_us, 5000u);
  script_.Play(Message(1, "a"));
  script_.Advance(milliseconds(5));
  EXPECT_EQ(call->status.code, 4);
  ExpectEnd(*call, Outcome::kUnknown, "");
  script_.ExpectCancel(1);
  EXPECT_EQ(script_.Try(call, "late"), Offer::kOver);
}

TEST_F(CallerStatesTest, GoAwayWithALowerIdRejectsStreamsButNotTheOneThatIsAnswered) {
  Open();
  const auto answered = script_.Call();
  const auto stream = script_.Stream(true, true);
  const auto gone = script_.Stream(false, true);
  script_.Leave(*gone);
  script_.TakeAll();
  script_.PlayBytes(Reply(1, "re").AndMore().Bytes() + Of(FrameType::kGoAway, 0).Bytes());
  EXPECT_EQ(answered->ends, 0);
  ExpectEnd(*stream, Outcome::kRejected, "");
  ExpectEnd(*gone, Outcome::kUnknown, "enough");
  EXPECT_EQ(script_.Try(stream, "late"), Offer::kOver);
  script_.Play(Reply(1, "ply"));
  EXPECT_EQ(answered->reply, "reply");
  EXPECT_FALSE(script_.wire->write_shut);
}

TEST_F(CallerStatesTest, GoAwayWithTheirIdLetsStreamsGoOn) {
  Open();
  const auto call = script_.Stream(true, true);
  script_.Take();
  script_.Play(Of(FrameType::kGoAway, 1));
  EXPECT_EQ(script_.Try(call, "more"), Offer::kTaken);
  EXPECT_EQ(script_.Take().payload, "more");
  script_.PlayBytes(Message(1, "m").Bytes() + Reply(1, "").Bytes());
  EXPECT_EQ(call->messages.size(), 1u);
  EXPECT_EQ(call->reply, "");
}

TEST_F(CallerStatesTest, ALostConnectionInsideAResponseLeavesTheOutcomeUnknown) {
  Open();
  const auto call = script_.Call();
  script_.Play(Reply(1, "re").AndMore());
  script_.HangUp();
  ExpectEnd(*call, Outcome::kUnknown, "");
  EXPECT_FALSE(call->reply.has_value());
}

TEST_F(CallerStatesTest, ACallOfWhichNothingWasWrittenIsWithdrawnWithoutAWord) {
  Open();
  script_.MakeRoom(0);
  script_.Call(std::string(3'000'000, 'x'));
  const auto queued = script_.Call("second");
  const auto kept = script_.Call("third");
  EXPECT_TRUE(script_.Leave(*queued));
  ExpectEnd(*queued, Outcome::kNotSent, "enough");
  script_.MakeRoom();
  bool found = false;
  for (const Frame& frame : script_.TakeAll()) {
    EXPECT_EQ(frame.type, FrameType::kRequest) << "no CANCEL";
    EXPECT_NE(frame.payload, "second");
    found = found || frame.payload == "third";
  }
  EXPECT_TRUE(found);
}

TEST_F(CallerStatesTest, WhatIsAskedOfAQueuedCallHappensOnceItIsSent) {
  Open();
  script_.MakeRoom(0);
  script_.Call(std::string(3'000'000, 'x'));
  const auto waits = script_.Stream(true, false);
  EXPECT_EQ(script_.Try(waits, "m"), Offer::kNoRoom);
  const auto ends = script_.Stream(true, false);
  script_.connection->FinishSending(*ends);
  script_.MakeRoom();
  EXPECT_EQ(waits->times_sendable, 1);
  std::vector<std::uint64_t> ended;
  for (const Frame& frame : script_.TakeAll()) {
    if (frame.type == FrameType::kEnd) ended.push_back(frame.id);
  }
  EXPECT_EQ(ended, std::vector<std::uint64_t>{5});
}

}  // namespace
}  // namespace parley
