#include "parley/wire/messages.h"

#include <gtest/gtest.h>

#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"
#include "support/errors.h"
#include "support/hex.h"

namespace parley {
namespace {

TEST(HelloMessage, whatIsNotStatedIsTheDefault) {
  const HelloMessage hello = DecodeHello("");
  EXPECT_EQ(hello.version, 1u);
  EXPECT_EQ(hello.min_version, 1u);
  EXPECT_EQ(hello.level, 0u);
  EXPECT_EQ(hello.max_frame, 4'194'304u);
  EXPECT_EQ(hello.max_message, 67'108'864u);
  EXPECT_EQ(hello.window, 262'144u);
  EXPECT_EQ(hello.max_calls, 1'024u);
}

TEST(HelloMessage, everyFieldSurvives) {
  HelloMessage hello;
  hello.version = 2;
  hello.min_version = 1;
  hello.level = 3;
  hello.features = 1ull << 63;
  hello.max_frame = 0xffffffffu;
  hello.max_message = 1;
  hello.window = 1ull << 62;
  hello.max_calls = 7;
  hello.payload = std::string("\0\xff", 2);
  const HelloMessage read = DecodeHello(Encode(hello));
  EXPECT_EQ(read.version, 2u);
  EXPECT_EQ(read.level, 3u);
  EXPECT_EQ(read.features, hello.features);
  EXPECT_EQ(read.max_frame, hello.max_frame);
  EXPECT_EQ(read.max_message, 1u);
  EXPECT_EQ(read.window, hello.window);
  EXPECT_EQ(read.max_calls, 7u);
  EXPECT_EQ(read.payload, hello.payload);
}

TEST(HelloMessage, aPeerWithoutACommonVersionIsToldSo) {
  HelloMessage hello;
  hello.version = 3;
  hello.min_version = 2;
  try {
    DecodeHello(Encode(hello));
    FAIL();
  } catch (const WireError& error) {
    EXPECT_STREQ(error.what(), "H-2: no common version: the peer speaks 2 to 3, this side 1");
    EXPECT_EQ(error.code(), wire_code::kFailedPrecondition);
  }
}

TEST(HelloMessage, limitsHoldAtTheirEdges) {
  HelloMessage hello;
  hello.max_frame = 16'384;
  hello.payload = std::string(8'192, 'p');
  EXPECT_EQ(DecodeHello(Encode(hello)).payload.size(), 8'192u);
  hello.payload += 'p';
  EXPECT_EQ(ErrorOf([&] { DecodeHello(Encode(hello)); }),
            "H-2: HELLO payload of 8193 bytes is over the limit of 8192");
  hello.payload.clear();
  hello.max_frame = 16'383;
  EXPECT_EQ(ErrorOf([&] { DecodeHello(Encode(hello)); }),
            "H-2: max_frame of 16383 is below the least, 16384");
}

TEST(HelloMessage, anUnreadableOneIsRefused) {
  EXPECT_EQ(ErrorOf([] { DecodeHello("\x08"); }),
            "H-2: unreadable HELLO: F-5: a varint is cut off, at byte 1");
}

TEST(StatusMessage, everyFieldSurvives) {
  StatusMessage status;
  status.code = 14;
  status.message = "n\xc3\xb6";
  status.details = {{"type.googleapis.com/demo.Detail", "abc"}, {"", ""}};
  status.not_run = true;
  StatusMessage read;
  ASSERT_TRUE(DecodeStatus(Encode(status), read));
  EXPECT_EQ(read.code, 14);
  EXPECT_EQ(read.message, status.message);
  ASSERT_EQ(read.details.size(), 2u);
  EXPECT_EQ(read.details[0].type_url, status.details[0].type_url);
  EXPECT_EQ(read.details[0].value, "abc");
  EXPECT_TRUE(read.not_run);
}

TEST(StatusMessage, aNegativeCodeKeepsItsNumber) {
  StatusMessage status;
  status.code = -7;
  StatusMessage read;
  ASSERT_TRUE(DecodeStatus(Encode(status), read));
  EXPECT_EQ(read.code, -7);
}

TEST(StatusMessage, anUnreadableOneIsUnknownAndNeverNotRun) {
  StatusMessage status;
  // not_run, then a message that is cut off.
  EXPECT_FALSE(DecodeStatus(FromHex("2001 1205 61"), status));
  EXPECT_EQ(status.code, wire_code::kUnknown);
  EXPECT_FALSE(status.not_run);
  EXPECT_EQ(status.message.rfind("C-10: unreadable status: F-5: ", 0), 0u) << status.message;
}

TEST(GoAwayMessage, everyFieldSurvives) {
  GoAwayMessage go_away;
  go_away.status.code = 8;
  go_away.status.message = "F-2: too large";
  go_away.no_return = true;
  GoAwayMessage read;
  ASSERT_TRUE(DecodeGoAway(Encode(go_away), read));
  EXPECT_EQ(read.status.code, 8);
  EXPECT_EQ(read.status.message, "F-2: too large");
  EXPECT_TRUE(read.no_return);
}

TEST(GoAwayMessage, aStatusInTwoPiecesIsMerged) {
  GoAwayMessage read;
  ASSERT_TRUE(DecodeGoAway(FromHex("0a020808 0a03120161"), read));
  EXPECT_EQ(read.status.code, 8);
  EXPECT_EQ(read.status.message, "a");
}

TEST(GoAwayMessage, anEmptyPayloadIsAnEmptyGoodbye) {
  GoAwayMessage read;
  ASSERT_TRUE(DecodeGoAway("", read));
  EXPECT_EQ(read.status.code, 0);
  EXPECT_FALSE(DecodeGoAway("\x0a", read));
  EXPECT_EQ(read.status.code, wire_code::kUnknown);
}

}  // namespace
}  // namespace parley
