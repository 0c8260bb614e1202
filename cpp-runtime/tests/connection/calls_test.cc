#include "scripted_peer.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A connection that has connected, past its handshake.
class CallsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    script_.Take();
    script_.Play(Hello(1, 3));
    ASSERT_TRUE(script_.receiver->opened.has_value());
  }

  Script script_{Side::kConnecting};
};

TEST_F(CallsTest, IdsAreOddAndRise) {
  for (std::uint64_t id = 1; id < 100; id += 2) {
    const auto call = script_.Call("payload");
    const Frame request = script_.Take();
    EXPECT_EQ(request.type, FrameType::kRequest);
    EXPECT_EQ(request.id, id);
    EXPECT_EQ(request.name, "a.B/C");
    EXPECT_EQ(request.payload, "payload");
    EXPECT_EQ(request.timeout_us, 0u);
    script_.Play(Reply(id));
    EXPECT_EQ(call->reply, "r");
  }
}

TEST_F(CallsTest, RepliesComeInAnyOrderAndOnce) {
  const auto first = script_.Call();
  const auto second = script_.Call();
  script_.Play(Reply(3, "second"));
  script_.Play(Reply(1, "first"));
  script_.Play(Reply(1, "again"));
  EXPECT_EQ(first->reply, "first");
  EXPECT_EQ(second->reply, "second");
  EXPECT_EQ(first->ends + second->ends, 2);
}

TEST_F(CallsTest, TheOutcomeTellsRepliedFromRejected) {
  const auto replied = script_.Call();
  const auto rejected = script_.Call();
  script_.Play(Of(FrameType::kResponse, 1, Encode(StatusMessage{5, "no", {}, false})));
  script_.Play(Of(FrameType::kResponse, 3, Encode(StatusMessage{14, "not now", {}, true})));
  EXPECT_EQ(replied->outcome, Outcome::kReplied);
  EXPECT_EQ(replied->status.code, 5);
  EXPECT_EQ(rejected->outcome, Outcome::kRejected);
}

TEST_F(CallsTest, AStatusThatIsUnreadableReadsAsUnknown) {
  const auto call = script_.Call();
  script_.Play(Of(FrameType::kResponse, 1, "\xff"));
  EXPECT_EQ(call->status.code, 2);
  EXPECT_EQ(call->outcome, Outcome::kReplied);
}

TEST_F(CallsTest, SlotsAreThePeersAndHeldUntilTheResponse) {
  const auto first = script_.Call();
  const auto second = script_.Call();
  const auto third = script_.Call();
  const auto fourth = script_.Call();
  EXPECT_EQ(fourth->outcome, Outcome::kNotSent);
  EXPECT_EQ(fourth->status.code, 14);
  // A cancelled call still holds its slot (C-3).
  EXPECT_TRUE(script_.connection->LeaveCall(*first, StatusMessage{1, "gone", {}, false}));
  EXPECT_EQ(script_.Call()->outcome, Outcome::kNotSent);
  script_.Play(Reply(1));
  EXPECT_EQ(first->ends, 1);
  EXPECT_FALSE(script_.Call()->outcome.has_value());
}

TEST_F(CallsTest, ATimeOutCrossesTheWireAndEndsWithCancel) {
  const auto call = script_.Call("q", milliseconds(5));
  EXPECT_EQ(script_.Take().timeout_us, 5000u);
  script_.Advance(milliseconds(4));
  EXPECT_FALSE(call->outcome.has_value());
  script_.Advance(milliseconds(1));
  EXPECT_EQ(call->status.code, 4);
  EXPECT_EQ(call->outcome, Outcome::kUnknown);
  const Frame cancel = script_.Take();
  EXPECT_EQ(cancel.type, FrameType::kCancel);
  EXPECT_EQ(cancel.id, 1u);
  script_.Play(Reply(1));
  EXPECT_EQ(call->ends, 1);
}

TEST_F(CallsTest, ATimeOutOfNothingSendsNothing) {
  const auto call = script_.Call("q", milliseconds(0));
  EXPECT_EQ(call->status.code, 4);
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  EXPECT_TRUE(script_.Silent());
  script_.Call("q", std::chrono::nanoseconds(400));
  EXPECT_EQ(script_.Take().timeout_us, 1u);
}

TEST_F(CallsTest, TheEndTellsUnsentFromUnknown) {
  const auto sent = script_.Call();
  script_.Take();
  script_.MakeRoom(3);
  const auto begun = script_.Call();
  const auto queued = script_.Call();
  script_.HangUp();
  EXPECT_EQ(sent->outcome, Outcome::kUnknown);
  EXPECT_EQ(begun->outcome, Outcome::kUnknown);
  EXPECT_EQ(queued->outcome, Outcome::kNotSent);
  EXPECT_EQ(queued->status.code, 14);
  EXPECT_EQ(script_.Call()->outcome, Outcome::kNotSent);
}

TEST_F(CallsTest, AFullSocketKeepsFramesWholeAndInOrder) {
  script_.MakeRoom(0);
  for (int i = 0; i < 3; ++i) script_.Call(std::string(1000, static_cast<char>('a' + i)));
  while (script_.waits_to_write) script_.MakeRoom(7);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(script_.Take().payload, std::string(1000, static_cast<char>('a' + i)));
  }
  EXPECT_TRUE(script_.Silent());
}

TEST_F(CallsTest, ItReadsWhileItsWriteIsBlocked) {
  const auto call = script_.Call();
  script_.Take();
  script_.MakeRoom(0);
  script_.Play(Of(FrameType::kPing, 1));
  script_.Play(Of(FrameType::kPing, 2));
  script_.Play(Reply(1));
  EXPECT_EQ(call->reply, "r");
  script_.MakeRoom();
  // Only the newest ping needs an answer; the first was on its way when the socket was full.
  Frame pong = script_.Take();
  if (pong.id == 1) pong = script_.Take();
  EXPECT_EQ(pong.type, FrameType::kPong);
  EXPECT_EQ(pong.id, 2u);
  EXPECT_TRUE(script_.Silent());
}

TEST_F(CallsTest, GoAwayRejectsWhatIsAboveAndLetsTheRestFinish) {
  const auto first = script_.Call();
  const auto second = script_.Call();
  script_.Play(Of(FrameType::kGoAway, 1));
  EXPECT_FALSE(first->outcome.has_value());
  EXPECT_EQ(second->outcome, Outcome::kRejected);
  EXPECT_EQ(second->status.code, 14);
  EXPECT_EQ(script_.Call()->outcome, Outcome::kNotSent);
  // A repeat never raises it.
  script_.Play(Of(FrameType::kGoAway, 99));
  script_.Play(Reply(1));
  EXPECT_EQ(first->reply, "r");
  EXPECT_FALSE(script_.wire->write_shut) << "only the side that sent GOAWAY closes";
  script_.HangUp();
  EXPECT_TRUE(script_.wire->closed);
}

TEST_F(CallsTest, AGracefulCloseWaitsForCallsBothWays) {
  const auto call = script_.Call();
  script_.Take();
  script_.Play(Request(2));
  script_.connection->Close();
  script_.Settle();
  const Frame go_away = script_.Take();
  EXPECT_EQ(go_away.type, FrameType::kGoAway);
  EXPECT_EQ(go_away.id, 2u);
  script_.Play(Request(4));
  EXPECT_EQ(script_.receiver->calls.size(), 1u) << "late calls are dropped";
  script_.Play(Reply(1));
  EXPECT_EQ(call->reply, "r");
  EXPECT_FALSE(script_.wire->write_shut);
  ASSERT_TRUE(script_.receiver->calls[0]->Begin());
  script_.receiver->calls[0]->Reply(OutgoingMessage::OfBytes(std::string_view("done")), {});
  script_.Settle();
  EXPECT_EQ(script_.Take().payload, "done");
  EXPECT_TRUE(script_.wire->write_shut);
  EXPECT_FALSE(script_.wire->closed);
  script_.HangUp();
  EXPECT_TRUE(script_.wire->closed);
}

TEST_F(CallsTest, AGracefulCloseIsBoundedByItsDrainLimit) {
  const auto call = script_.Call();
  script_.connection->Close();
  script_.Settle();
  script_.Advance(seconds(5));
  EXPECT_EQ(call->outcome, Outcome::kUnknown);
  EXPECT_TRUE(script_.wire->write_shut);
  script_.Advance(seconds(1));
  EXPECT_TRUE(script_.wire->closed);
}

TEST_F(CallsTest, AnAbortSaysNothing) {
  const auto call = script_.Call();
  script_.Take();
  script_.connection->Abort(StatusMessage{14, "enough", {}, false});
  script_.Settle();
  EXPECT_TRUE(script_.Silent());
  EXPECT_TRUE(script_.wire->closed);
  EXPECT_EQ(call->outcome, Outcome::kUnknown);
}

TEST_F(CallsTest, APingWaitsForThePongBeforeIt) {
  int pongs = 0;
  const auto count = [&](std::optional<std::int64_t> nanos, const StatusMessage&) {
    pongs += nanos.has_value() ? 1 : 0;
  };
  script_.connection->Ping(count);
  script_.connection->Ping(count);
  script_.connection->Ping(count);
  const Frame first = script_.Take();
  EXPECT_EQ(first.type, FrameType::kPing);
  EXPECT_TRUE(script_.Silent());
  script_.Play(Of(FrameType::kPong, first.id + 77));
  EXPECT_EQ(pongs, 0);
  script_.Play(Of(FrameType::kPong, first.id));
  EXPECT_EQ(pongs, 1);
  script_.Play(Of(FrameType::kPong, script_.Take().id));
  EXPECT_EQ(pongs, 3);
}

TEST(IncomingTest, ACallIsAnsweredOnceItsHandlerReturns) {
  Script script(Side::kAccepting);
  script.Open();
  script.Play(Request(1, "hello"));
  ASSERT_EQ(script.receiver->calls.size(), 1u);
  EXPECT_EQ(script.receiver->payloads[0], "hello");
  EXPECT_TRUE(script.Silent());
  ASSERT_TRUE(script.receiver->calls[0]->Begin());
  script.receiver->calls[0]->Reply(OutgoingMessage::OfBytes(std::string_view("x")), {});
  const Frame reply = script.Take();
  EXPECT_TRUE(reply.success);
  EXPECT_EQ(reply.payload, "x");
}

TEST(IncomingTest, ACancelBeforeTheHandlerStartsIsNotRun) {
  Script script(Side::kAccepting);
  script.Open();
  script.Play(Request(1));
  script.Play(Of(FrameType::kCancel, 1));
  const StatusMessage status = script.TakeFailure(1);
  EXPECT_EQ(status.code, 1);
  EXPECT_TRUE(status.not_run);
  EXPECT_FALSE(script.receiver->calls[0]->Begin());
  script.Play(Of(FrameType::kCancel, 1));
  EXPECT_TRUE(script.Silent());
}

TEST(IncomingTest, ACancelledHandlerAnswersWithTheStopWhenItReturns) {
  Script script(Side::kAccepting);
  script.Open();
  script.Play(Request(1));
  const auto call = script.receiver->calls[0];
  ASSERT_TRUE(call->Begin());
  int told = 0;
  call->OnStop([&] { ++told; });
  script.Play(Of(FrameType::kCancel, 1));
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(call->IsStopped());
  EXPECT_TRUE(script.Silent()) << "RESPONSE waits for the handler (C-3)";
  call->Reply(OutgoingMessage::OfBytes(std::string_view("late")), {});
  const StatusMessage status = script.TakeFailure(1);
  EXPECT_EQ(status.code, 1);
  EXPECT_FALSE(status.not_run);
}

TEST(IncomingTest, ADeadlineStopsTheHandler) {
  Script script(Side::kAccepting);
  script.Open();
  Frame request = Request(1);
  request.timeout_us = 5000;
  script.Play(request);
  const auto call = script.receiver->calls[0];
  ASSERT_TRUE(call->Begin());
  script.Advance(milliseconds(2));
  EXPECT_EQ(*call->Remaining(), 3'000'000);
  script.Advance(milliseconds(3));
  EXPECT_TRUE(call->IsStopped());
  EXPECT_EQ(*call->Remaining(), 0);
  call->Reply(OutgoingMessage::OfBytes(std::string_view("late")), {});
  EXPECT_EQ(script.TakeFailure(1).code, 4);
}

TEST(IncomingTest, CallsOverTheLimitAreRejectedAndTheirIdsCount) {
  Settings settings = Script::Named("us");
  settings.max_calls = 2;
  Script script(Side::kAccepting, settings);
  script.Open();
  for (std::uint64_t id = 1; id <= 5; id += 2) script.Play(Request(id));
  const StatusMessage status = script.TakeFailure(5);
  EXPECT_EQ(status.code, 14);
  EXPECT_TRUE(status.not_run);
  EXPECT_EQ(script.receiver->calls.size(), 2u);
}

TEST(IncomingTest, ASlotIsHeldUntilTheResponseIsWritten) {
  Settings settings = Script::Named("us");
  settings.max_calls = 2;
  Script script(Side::kAccepting, settings);
  script.receiver->answers = true;
  script.Open();
  script.MakeRoom(0);
  for (std::uint64_t id = 1; id <= 7; id += 2) script.Play(Request(id));
  EXPECT_EQ(script.receiver->calls.size(), 2u);
  script.MakeRoom();
  EXPECT_TRUE(script.Take().success);
  EXPECT_TRUE(script.Take().success);
  EXPECT_EQ(script.TakeFailure(5).code, 14);
  EXPECT_EQ(script.TakeFailure(7).code, 14);
  script.Play(Request(9));
  EXPECT_TRUE(script.Take().success);
}

TEST(IncomingTest, AResponseThePeerHasReadHoldsNoSlotThoughItsWriteHasNotReturned) {
  Settings settings = Script::Named("us");
  settings.max_calls = 1;
  Script script(Side::kAccepting, settings);
  script.Open();
  script.Play(Request(1));
  ASSERT_TRUE(script.receiver->calls[0]->Begin());
  script.wire->during_write = [&] { script.Play(Request(3)); };
  script.receiver->calls[0]->Reply(OutgoingMessage::OfBytes(std::string_view("r")), {});
  EXPECT_EQ(script.receiver->calls.size(), 2u) << "a correct caller is never over (C-3)";
  EXPECT_TRUE(script.Take().success);
  EXPECT_TRUE(script.Silent());
}

TEST(IncomingTest, RejectionsThatPileUpClose) {
  Settings settings = Script::Named("us");
  settings.max_calls = 2;
  Script script(Side::kAccepting, settings);
  script.Open();
  script.MakeRoom(0);
  for (std::uint64_t id = 1; id <= 9; id += 2) script.Play(Request(id));
  EXPECT_FALSE(script.connection->IsOpen());
  script.MakeRoom();
  EXPECT_EQ(script.TakeFailure(5).code, 14);
  EXPECT_EQ(script.TakeFailure(7).code, 14);
  script.ExpectClose("C-4", 8);
}

TEST(IncomingTest, RequestsAreHeldWithinABoundOfBytes) {
  Script script(Side::kAccepting);
  script.Open();
  const std::string large(4'000'000, 'x');
  std::uint64_t id = 1;
  for (; id < 2 * 67; id += 2) script.Play(Request(id, large));
  EXPECT_TRUE(script.Silent());
  script.Play(Request(id, large));
  const StatusMessage status = script.TakeFailure(id);
  EXPECT_EQ(status.code, 8);
  EXPECT_TRUE(status.not_run);
}

TEST(IncomingTest, TheEndOfTheConnectionStopsHandlers) {
  Script script(Side::kAccepting);
  script.Open();
  script.Play(Request(1));
  const auto call = script.receiver->calls[0];
  ASSERT_TRUE(call->Begin());
  int told = 0;
  call->OnStop([&] { ++told; });
  script.HangUp();
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(call->IsStopped());
  call->Reply(OutgoingMessage::OfBytes(std::string_view("nobody")), {});
}

TEST(CutTest, AConversationCutAtAnyByteEndsEveryCallOnce) {
  const std::string conversation =
      Hello().Bytes() + Reply(1).Bytes() + Request(2).Bytes() + Of(FrameType::kPing, 1).Bytes() +
      Of(FrameType::kResponse, 3, Encode(StatusMessage{5, "no", {}, false})).Bytes();
  const std::size_t hello = Hello().Bytes().size();
  const std::size_t first = hello + Reply(1).Bytes().size();
  for (std::size_t cut = 0; cut <= conversation.size(); ++cut) {
    SCOPED_TRACE(cut);
    Script script(Side::kConnecting);
    std::shared_ptr<RecordedCall> one;
    std::shared_ptr<RecordedCall> two;
    script.PlayBytes(conversation.substr(0, std::min(cut, hello)));
    one = script.Call();
    two = script.Call();
    if (cut > hello) script.PlayBytes(conversation.substr(hello, cut - hello));
    script.HangUp();
    EXPECT_EQ(one->ends, 1);
    EXPECT_EQ(two->ends, 1);
    EXPECT_EQ(one->reply.has_value(), cut >= first);
    if (cut < hello) {
      EXPECT_EQ(one->outcome, Outcome::kNotSent);
    } else if (cut < first) {
      EXPECT_EQ(one->outcome, Outcome::kUnknown);
    }
    EXPECT_EQ(two->outcome, cut < hello                 ? Outcome::kNotSent
                            : cut < conversation.size() ? Outcome::kUnknown
                                                        : Outcome::kReplied);
    EXPECT_TRUE(script.wire->closed);
  }
}

}  // namespace
}  // namespace parley
