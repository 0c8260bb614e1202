#include "scripted_peer.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(HandshakeTest, TheConnectingSideSaysHelloAtOnce) {
  Script script(Side::kConnecting);
  const Frame frame = script.Take();
  EXPECT_EQ(frame.type, FrameType::kHello);
  EXPECT_EQ(frame.sent_by, "us");
  const HelloMessage hello = DecodeHello(frame.payload);
  EXPECT_EQ(hello.level, 2u);
  EXPECT_EQ(hello.max_calls, 1024u);
  EXPECT_TRUE(script.Silent());
  script.Play(Hello());
  EXPECT_EQ(script.receiver->opened, "script");
}

TEST(HandshakeTest, TheAcceptingSideSaysHelloSecond) {
  Script script(Side::kAccepting);
  EXPECT_TRUE(script.Silent());
  script.Open();
}

TEST(HandshakeTest, AHelloOfNothingButANameIsGood) {
  Script script(Side::kAccepting);
  Frame hello = Of(FrameType::kHello);
  hello.sent_by = "tiny";
  script.Play(hello);
  EXPECT_EQ(script.Take().type, FrameType::kHello);
  EXPECT_EQ(script.receiver->opened, "tiny");
}

TEST(HandshakeTest, ARefusalIsToldAndNothingElse) {
  Script script(Side::kAccepting);
  script.receiver->refusal = StatusMessage{7, "H-1: not you", {}, false};
  script.Play(Hello());
  script.ExpectClose("H-1", 7);
  EXPECT_FALSE(script.receiver->opened.has_value());
}

TEST(HandshakeTest, ARefusalReachesWhoConnects) {
  Script script(Side::kConnecting);
  script.Take();
  GoAwayMessage go_away;
  go_away.status = StatusMessage{7, "not you", {}, false};
  script.Play(Of(FrameType::kGoAway, 0, Encode(go_away)));
  ASSERT_TRUE(script.receiver->closed.has_value());
  EXPECT_EQ(script.receiver->closed->code, 7);
  EXPECT_TRUE(script.wire->closed);
}

TEST(HandshakeTest, AWrongUserOfAServerGetsNotOneByte) {
  Script script(Side::kConnecting, Script::Named("us"), {1, 12345, 0});
  EXPECT_TRUE(script.Silent());
  EXPECT_TRUE(script.wire->closed);
  EXPECT_EQ(script.receiver->closed->code, 7);
  EXPECT_EQ(script.receiver->closed->message.substr(0, 4), "H-4:");
}

TEST(HandshakeTest, AWrongUserOfAClientIsReadNothingFrom) {
  Script script(Side::kAccepting, Script::Named("us"), {1, 12345, 0});
  script.ExpectClose("H-4", 7);
  script.Play(Hello());
  EXPECT_EQ(script.wire->reads, 0u);
}

TEST(HandshakeTest, NoHelloInTimeCloses) {
  Settings settings = Script::Named("us");
  settings.handshake_timeout = limits::kHelloTime;
  Script script(Side::kAccepting, settings);
  script.Advance(milliseconds(4999));
  EXPECT_TRUE(script.Silent());
  script.Advance(milliseconds(1));
  script.ExpectClose("H-5", 4);
}

TEST(HandshakeTest, NoAnswerInTimeCloses) {
  Script script(Side::kConnecting);
  script.Take();
  script.Advance(seconds(10));
  script.ExpectClose("H-5", 4);
}

TEST(HandshakeTest, AnEndBeforeTheFirstByteIsSilent) {
  Script script(Side::kAccepting);
  script.HangUp();
  EXPECT_TRUE(script.Silent());
  EXPECT_TRUE(script.wire->closed);
}

TEST(HandshakeTest, ARequestBehindHelloIsEarly) {
  Script script(Side::kAccepting);
  script.PlayBytes(Hello().Bytes() + Request(1).Bytes());
  script.ExpectClose("H-1");
  EXPECT_TRUE(script.receiver->calls.empty());
}

TEST(HandshakeTest, CallsBeforeTheEndOfTheHandshakeAreNotSent) {
  Script script(Side::kConnecting);
  script.Take();
  const auto call = script.Call();
  EXPECT_EQ(call->outcome, Outcome::kNotSent);
  EXPECT_EQ(call->status.code, 14);
  EXPECT_TRUE(script.Silent());
}

TEST(HandshakeTest, EventsAreAboveALevelZeroPeer) {
  Script script(Side::kAccepting);
  script.Open(Hello(0));
  const auto fault =
      script.connection->SendEvent("note", OutgoingMessage::OfBytes(std::string_view("x")), {});
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->code, 12);
}

}  // namespace
}  // namespace parley
