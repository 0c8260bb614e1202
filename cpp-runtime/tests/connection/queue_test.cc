#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "connection/fault.h"
#include "connection/scripted_peer.h"

// Calls that find no room in the outbox: they wait as messages, and nobody waits with them.

namespace parley {
namespace {

using std::chrono::milliseconds;

class QueueTest : public testing::Test {
 protected:
  QueueTest() : script_(Side::kConnecting) {}

  /// Fills the outbox: one frame is on its way, and one that is as big as the room stands behind.
  void Fill(std::uint32_t max_calls = 0) {
    script_.Open(Hello(1, max_calls));
    script_.MakeRoom(0);
    script_.Call("first");
    script_.Call(std::string(Outbox::kRoom, 'x'));
  }

  void TakeFilling() {
    EXPECT_EQ(script_.Take().payload, "first");
    EXPECT_EQ(script_.Take().id, 3u);
  }

  Script script_;
};

TEST_F(QueueTest, ACallWithoutRoomIsSentWhenRoomComes) {
  Fill();
  const auto one = script_.Call("one");
  const auto two = script_.Call("two");
  EXPECT_EQ(one->ends + two->ends, 0);
  script_.MakeRoom();
  TakeFilling();
  Frame frame = script_.Take();
  EXPECT_EQ(frame.id, 5u);
  EXPECT_EQ(frame.name, "a.B/C");
  EXPECT_EQ(frame.payload, "one");
  frame = script_.Take();
  EXPECT_EQ(frame.id, 7u);
  EXPECT_EQ(frame.payload, "two");
  script_.Play(Reply(7));
  EXPECT_EQ(two->reply, "r");
  EXPECT_EQ(one->ends, 0);
}

TEST_F(QueueTest, NoCallOvertakesOneThatWaits) {
  Fill();
  const std::string big(Outbox::kRoom, 'y');
  script_.Call(big);
  script_.Call("last");
  script_.MakeRoom();
  TakeFilling();
  EXPECT_EQ(script_.Take().payload, big);
  EXPECT_EQ(script_.Take().payload, "last");
  EXPECT_TRUE(script_.Silent());
}

TEST_F(QueueTest, AnEventFailsWhileACallWaits) {
  Fill();
  script_.Call("one");
  const std::string_view payload = "e";
  const auto fault = script_.connection->SendEvent("e", OutgoingMessage::OfBytes(payload), {});
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->code, 8);
  EXPECT_EQ(fault->message.substr(0, 4), "W-5:");
}

TEST_F(QueueTest, AQueuedCallHoldsItsSlot) {
  Fill(3);
  script_.Call("third");
  const auto over = script_.Call("fourth");
  EXPECT_EQ(over->outcome, Outcome::kNotSent);
  EXPECT_EQ(over->status.message.substr(0, 4), "C-5:");
}

TEST_F(QueueTest, AQueuedCallThatIsLeftWasNotSent) {
  Fill(3);
  const auto call = script_.Call("third");
  EXPECT_TRUE(script_.connection->LeaveCall(*call, Fault(1, "enough")));
  EXPECT_EQ(call->ends, 1);
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  EXPECT_EQ(call->status.message, "enough");
  EXPECT_FALSE(script_.connection->LeaveCall(*call, Fault(1, "again")));
  EXPECT_EQ(script_.Call("in its place")->ends, 0);
  script_.MakeRoom();
  TakeFilling();
  EXPECT_EQ(script_.Take().payload, "in its place");
  EXPECT_TRUE(script_.Silent());
}

TEST_F(QueueTest, ADeadlineEndsAQueuedCallUnsent) {
  Fill();
  const auto call = script_.Call("late", milliseconds(10));
  script_.Advance(milliseconds(11));
  EXPECT_EQ(call->ends, 1);
  EXPECT_EQ(call->status.code, 4);
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  script_.MakeRoom();
  TakeFilling();
  EXPECT_TRUE(script_.Silent());
}

TEST_F(QueueTest, ACallWhoseTimeIsOverIsNotSentWhoeverKeepsItsDeadline) {
  Fill();
  const auto call = std::make_shared<RecordedCall>();
  OutgoingRequest request;
  request.method = "a.B/C";
  request.deadline = script_.timers->Now() + 1'000'000;
  script_.connection->StartCall(call, request, false);
  script_.Advance(milliseconds(2));
  script_.MakeRoom();
  TakeFilling();
  EXPECT_TRUE(script_.Silent());
  EXPECT_EQ(call->ends, 0);
  EXPECT_TRUE(script_.connection->LeaveCall(*call, Fault(4, "over")));
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  EXPECT_TRUE(script_.Silent());
}

TEST_F(QueueTest, TheRestOfATimeOutIsSent) {
  Fill();
  script_.Call("one", milliseconds(10));
  script_.Advance(milliseconds(4));
  script_.MakeRoom();
  TakeFilling();
  EXPECT_EQ(script_.Take().timeout_us, 6000u);
}

TEST_F(QueueTest, AGoodbyeOfThePeerEndsQueuedCallsUnsent) {
  Fill();
  const auto call = script_.Call("one", milliseconds(10));
  GoAwayMessage go_away;
  script_.Play(Of(FrameType::kGoAway, 3, Encode(go_away)));
  EXPECT_EQ(call->ends, 1);
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  script_.MakeRoom();
  TakeFilling();
  EXPECT_TRUE(script_.Silent());
}

TEST_F(QueueTest, TheEndEndsQueuedCallsUnsent) {
  Fill();
  const auto call = script_.Call("one");
  script_.HangUp();
  EXPECT_EQ(call->ends, 1);
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
}

TEST_F(QueueTest, ABrokenRuleEndsQueuedCallsUnsent) {
  Fill();
  const auto call = script_.Call("one");
  script_.Play(Reply(5));
  EXPECT_EQ(call->ends, 1);
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  script_.MakeRoom();
  TakeFilling();
  script_.ExpectClose("C-2");
}

TEST_F(QueueTest, ACloseWaitsForQueuedCalls) {
  Fill();
  const auto call = script_.Call("one");
  script_.connection->Close();
  script_.MakeRoom();
  TakeFilling();
  EXPECT_EQ(script_.Take().type, FrameType::kGoAway);
  EXPECT_EQ(script_.Take().payload, "one");
  for (const std::uint64_t id : {1u, 3u, 5u}) {
    EXPECT_FALSE(script_.wire->write_shut);
    script_.Play(Reply(id));
  }
  EXPECT_EQ(call->reply, "r");
  EXPECT_TRUE(script_.wire->write_shut);
}

TEST_F(QueueTest, AMessageTooLargeIsRefusedAtOnce) {
  Fill();
  const auto call = script_.Call(std::string(5u << 20, 'x'));
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  EXPECT_EQ(call->status.message,
            "F-2: request of 5242880 bytes does not fit a frame of at most "
            "4194304");
  EXPECT_EQ(script_.Call(std::string(65u << 20, 'x'))->status.message,
            "C-11: request of 68157440 bytes is over the limit of 67108864");
}

}  // namespace
}  // namespace parley
