#include "scripted_peer.h"

namespace parley {
namespace {

/// One row of the table of unexpected input: what is played after the handshake, and the rule and
/// code that the connection closes with.
struct Row {
  const char* name;
  std::string bytes;
  const char* rule;
  int code = 13;
};

std::string Length(std::uint32_t size) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift & 0xff);
  return bytes;
}

std::string Raw(const std::string& envelope) {
  return Length(static_cast<std::uint32_t>(envelope.size())) + envelope;
}

Frame Unnamed(std::uint64_t id) {
  Frame frame = Request(id);
  frame.name.clear();
  return frame;
}

Frame Long(std::size_t name) {
  Frame frame = Request(1);
  frame.name = std::string(name, 'n');
  return frame;
}

Frame More(Frame frame) {
  frame.more = true;
  return frame;
}

std::vector<Row> Rows() {
  using T = FrameType;
  return {
      {"zero length", Length(0), "F-2"},
      {"one over the limit", Length((4u << 20) + 1), "F-2", 8},
      {"0x7fffffff", Length(0x7fffffff), "F-2", 8},
      {"0x80000000", Length(0x80000000), "F-2", 8},
      {"0xffffffff", Length(0xffffffff), "F-2", 8},
      {"http", "GET / HTTP/1.1\r\n\r\n", "F-2", 8},
      {"cut varint", Raw("\x18\x80"), "F-5"},
      {"group", Raw(std::string("\x18\x02\x2b\x2c", 4)), "F-5"},
      {"length past the end", Raw("\x2a\x7f"), "F-5"},
      {"bad utf-8", Raw(std::string("\x08\x01\x18\x02\x2a\x01\xff", 7)), "F-5"},
      {"name of 256 bytes", Long(256).Bytes(), "F-7"},
      {"type 0", Of(T::kUnspecified, 1).Bytes(), "F-8"},
      {"more on ping", More(Of(T::kPing, 1, "x")).Bytes(), "F-9"},
      {"more without payload", More(Request(1, "")).Bytes(), "F-9"},
      {"second hello", Hello().Bytes(), "H-1"},
      {"request id 0", Request(0).Bytes(), "C-1"},
      {"request id over 2^63-1", Request((std::uint64_t{1} << 63) + 1).Bytes(), "C-1"},
      {"wrong parity", Request(2).Bytes(), "C-1"},
      {"id does not rise", Request(3).Bytes() + Request(3).Bytes(), "C-2"},
      {"id falls", Request(3).Bytes() + Request(1).Bytes(), "C-2"},
      {"unnamed request above the mark", Unnamed(1).Bytes(), "C-2"},
      {"reply to nothing", Reply(2).Bytes(), "C-2"},
      {"reply to id 0", Reply(0).Bytes(), "C-2"},
      {"reply from the caller", Reply(1).Bytes(), "C-2"},
      {"cancel of nothing", Of(T::kCancel, 1).Bytes(), "C-2"},
      {"cancel from the callee", Of(T::kCancel, 2).Bytes(), "C-2"},
  };
}

TEST(MalformedTest, EachBrokenRuleClosesAndIsNamed) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.name);
    Script script(Side::kAccepting);
    script.Open();
    script.PlayBytes(row.bytes);
    script.ExpectClose(row.rule, row.code);
    EXPECT_FALSE(script.connection->IsOpen());
  }
}

TEST(MalformedTest, TheSameHoldsByteByByte) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.name);
    Script script(Side::kAccepting);
    script.Open();
    for (const char byte : row.bytes) script.PlayBytes(std::string(1, byte));
    script.ExpectClose(row.rule, row.code);
  }
}

TEST(MalformedTest, TheFirstFrameIsHello) {
  for (const FrameType type : {FrameType::kRequest, FrameType::kPing, FrameType::kEvent}) {
    Script script(Side::kAccepting);
    Frame frame = Of(type, 1);
    frame.name = "a.B/C";
    script.Play(frame);
    script.ExpectClose("H-1");
  }
}

TEST(MalformedTest, HellosThatAreNoneAreNamed) {
  const auto close = [](const Frame& hello, int code) {
    Script script(Side::kAccepting);
    script.Play(hello);
    script.ExpectClose("H-2", code);
  };
  Frame hello = Hello();
  hello.sent_by.clear();
  close(hello, 13);
  HelloMessage content;
  content.version = 2;
  content.min_version = 2;
  hello = Hello();
  hello.payload = Encode(content);
  close(hello, 9);
  content = HelloMessage();
  content.max_frame = 16'383;
  hello.payload = Encode(content);
  close(hello, 13);
  hello.payload = "\xff\xff";
  close(hello, 13);
}

TEST(MalformedTest, BeforeHelloFramesAreSmall) {
  Script script(Side::kAccepting);
  script.PlayBytes(Length(16'385));
  script.ExpectClose("F-2", 8);
}

TEST(MalformedTest, WhatIsUnknownIsIgnored) {
  Script script(Side::kAccepting);
  script.Open();
  script.Play(Of(static_cast<FrameType>(77), 99));
  script.Play(Of(FrameType::kPong, 5));
  // An unknown field, and one of a wrong wire type, on a PING.
  script.PlayBytes(Raw(std::string("\x08\x07\x18\x09\xa0\x06\x01\x1d\x01\x02\x03\x04", 12)));
  EXPECT_EQ(script.Take().type, FrameType::kPong);
  EXPECT_TRUE(script.Silent());
  EXPECT_TRUE(script.connection->IsOpen());
}

TEST(MalformedTest, OpenAndMoreAreAboveTheLevelAndAnswered) {
  Script script(Side::kAccepting);
  script.Open();
  Frame open = Request(1);
  open.open = true;
  script.Play(open);
  StatusMessage status = script.TakeFailure(1);
  EXPECT_EQ(status.code, 12);
  EXPECT_TRUE(status.not_run);
  script.Play(More(Request(3)));
  status = script.TakeFailure(3);
  EXPECT_EQ(status.code, 12);
  EXPECT_TRUE(status.not_run);
  // The rest of its message finds an ended call.
  script.Play(Unnamed(3));
  EXPECT_TRUE(script.Silent());
  EXPECT_TRUE(script.receiver->calls.empty());
}

TEST(MalformedTest, AnUnnamedRequestForARunningCallFailsIt) {
  Script script(Side::kAccepting);
  script.Open();
  script.Play(Request(1));
  script.Play(Unnamed(1));
  const StatusMessage status = script.TakeFailure(1);
  EXPECT_EQ(status.code, 13);
  EXPECT_TRUE(status.not_run);
  EXPECT_FALSE(script.receiver->calls[0]->Begin());
}

TEST(MalformedTest, AReplyInPartsFailsTheCallAlone) {
  Script script(Side::kConnecting);
  script.Take();
  script.Play(Hello());
  const auto call = script.Call();
  script.Take();
  script.Play(More(Reply(1)));
  EXPECT_EQ(call->status.code, 13);
  EXPECT_EQ(call->outcome, Outcome::kUnknown);
  EXPECT_EQ(script.Take().type, FrameType::kCancel);
  script.Play(Reply(1));
  EXPECT_EQ(call->ends, 1);
  EXPECT_TRUE(script.connection->IsOpen());
}

TEST(MalformedTest, ACloseEndsInASecondEvenIfThePeerReadsNothing) {
  Script script(Side::kAccepting);
  script.Open();
  script.MakeRoom(0);
  script.PlayBytes(Length(0));
  EXPECT_FALSE(script.wire->closed);
  script.Advance(std::chrono::seconds(1));
  EXPECT_TRUE(script.wire->closed);
}

TEST(MalformedTest, HalfAFrameAndSilenceClosesAfterThirtySeconds) {
  Script script(Side::kAccepting);
  script.Open();
  script.PlayBytes(Request(1).Bytes().substr(0, 7));
  script.Advance(std::chrono::seconds(29));
  // More bytes of the same frame gain nothing.
  script.PlayBytes(Request(1).Bytes().substr(7, 1));
  EXPECT_TRUE(script.Silent());
  script.Advance(std::chrono::seconds(1));
  script.ExpectClose("F-4", 4);
}

TEST(MalformedTest, AFrameThatBecomesWholeInTimeIsTaken) {
  Script script(Side::kAccepting);
  script.Open();
  const std::string bytes = Request(1).Bytes();
  script.PlayBytes(bytes.substr(0, 7));
  script.Advance(std::chrono::seconds(29));
  script.PlayBytes(bytes.substr(7));
  script.Advance(std::chrono::seconds(60));
  EXPECT_TRUE(script.Silent());
  EXPECT_EQ(script.receiver->calls.size(), 1u);
}

TEST(MalformedTest, WhatWaitsToBeReadDoesNotCountAgainstThePeer) {
  Script script(Side::kAccepting);
  script.Open();
  const std::string bytes = Request(1).Bytes();
  script.PlayBytes(bytes.substr(0, 7));
  script.wire->to_connection = bytes.substr(7);
  script.Advance(std::chrono::seconds(30));
  EXPECT_TRUE(script.Silent());
  EXPECT_EQ(script.receiver->calls.size(), 1u);
}

}  // namespace
}  // namespace parley
