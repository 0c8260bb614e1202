#include "parley/wire/envelope.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>

#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"
#include "support/errors.h"
#include "support/hex.h"

namespace parley {
namespace {

/// An envelope with the bytes that its views point into.
struct Received : Envelope {
  std::shared_ptr<const std::string> bytes;
};

Received Decoded(const std::string& bytes) {
  Received received;
  received.bytes = std::make_shared<const std::string>(bytes);
  DecodeEnvelope(*received.bytes, received);
  return received;
}

std::string DecodeError(const std::string& hex) {
  const std::string bytes = FromHex(hex);
  return ErrorOf([&] { Decoded(bytes); });
}

std::string Encoded(const Envelope& envelope) {
  std::string out;
  AppendFrame(envelope, out);
  return out;
}

Envelope Request() {
  Envelope envelope;
  envelope.id = 5;
  envelope.type = FrameType::kRequest;
  envelope.name = "demo.v1.Greeter/Hello";
  envelope.payload = "abc";
  return envelope;
}

TEST(Envelope, aRequestHasTheBytesThatTheSchemaGivesIt) {
  EXPECT_EQ(ToHex(Encoded(Request())),
            "00000020"
            "0805"
            "1802"
            "2a15" +
                ToHex("demo.v1.Greeter/Hello") +
                "7a03"
                "616263");
}

TEST(Envelope, everyFieldSurvivesEncodingAndDecoding) {
  Envelope envelope;
  envelope.id = std::numeric_limits<std::uint64_t>::max();
  envelope.sent_by = "me";
  envelope.type = FrameType::kResponse;
  envelope.success = true;
  envelope.name = "n\xc3\xa4me";
  envelope.timeout_us = 1;
  envelope.open = true;
  envelope.more = true;
  envelope.credit = 1ull << 63;
  envelope.fds = 0xffffffffu;
  envelope.metadata = {{"a", "1"}, {"a", ""}, {"", ""}};
  envelope.missed = 300;
  envelope.payload = std::string_view("\0\xff", 2);
  const std::string frame = Encoded(envelope);
  ASSERT_EQ(frame.size(), HeadSize(envelope, 2) + 2);
  const Received read = Decoded(frame.substr(4));
  EXPECT_EQ(read.id, envelope.id);
  EXPECT_EQ(read.sent_by, envelope.sent_by);
  EXPECT_EQ(read.type, envelope.type);
  EXPECT_TRUE(read.success);
  EXPECT_EQ(read.name, envelope.name);
  EXPECT_EQ(read.timeout_us, 1u);
  EXPECT_TRUE(read.open);
  EXPECT_TRUE(read.more);
  EXPECT_EQ(read.credit, envelope.credit);
  EXPECT_EQ(read.fds, envelope.fds);
  ASSERT_EQ(read.metadata.size(), 3u);
  EXPECT_EQ(read.metadata[0].key, "a");
  EXPECT_EQ(read.metadata[0].value, "1");
  EXPECT_EQ(read.metadata[1].value, "");
  EXPECT_EQ(read.missed, 300u);
  EXPECT_EQ(read.payload, envelope.payload);
}

TEST(Envelope, aPayloadCanBeWrittenBehindTheHeadByItsOwner) {
  Envelope envelope = Request();
  const std::string whole = Encoded(envelope);
  envelope.payload = {};
  std::string frame(HeadSize(envelope, 3) + 3, '\0');
  char* const place = WriteHead(envelope, 3, frame.data());
  ASSERT_EQ(place, frame.data() + frame.size() - 3);
  std::string("abc").copy(place, 3);
  EXPECT_EQ(frame, whole);
}

TEST(Envelope, anEnvelopeOfNothingCannotBeWritten) {
  std::string out = "before";
  EXPECT_EQ(ErrorOf([&] { AppendFrame(Envelope(), out); }),
            "F-2: a frame of 0 bytes cannot be written");
  EXPECT_EQ(out, "before");
}

TEST(Envelope, decodingAgainForgetsWhatWasThere) {
  Envelope envelope;
  const std::string frame = Encoded(Request());
  const std::string_view bytes = std::string_view(frame).substr(4);
  DecodeEnvelope(bytes, envelope);
  const std::string ping = FromHex("0801 1809");
  DecodeEnvelope(ping, envelope);
  EXPECT_EQ(envelope.type, FrameType::kPing);
  EXPECT_EQ(envelope.name, "");
  EXPECT_EQ(envelope.payload, "");
}

TEST(Envelope, unknownFieldsAreSkipped) {
  // Field 99 as varint, fixed64, bytes and fixed32.
  const Received envelope = Decoded(
      FromHex("98 06 01  99 06 0102030405060708  9a 06 02 ffff  9d 06 01020304  08 07 18 02"));
  EXPECT_EQ(envelope.id, 7u);
  EXPECT_EQ(envelope.type, FrameType::kRequest);
}

TEST(Envelope, aKnownFieldWithAnotherWireTypeIsSkipped) {
  // id as bytes, name as varint, payload as fixed32.
  const Received envelope = Decoded(FromHex("0a 01 05  28 01  7d 01020304  18 02"));
  EXPECT_EQ(envelope.id, 0u);
  EXPECT_EQ(envelope.name, "");
  EXPECT_EQ(envelope.payload, "");
}

TEST(Envelope, theLastOfTwoScalarsWins) {
  const Received envelope = Decoded(FromHex("0801 0802 1802 1803 7a0161 7a0162"));
  EXPECT_EQ(envelope.id, 2u);
  EXPECT_EQ(envelope.type, FrameType::kMessage);
  EXPECT_EQ(envelope.payload, "b");
}

TEST(Envelope, thirtyTwoBitFieldsAreTruncated) {
  // type 2^32 + 2, fds 2^32 + 3, open 2^40.
  const Received envelope = Decoded(FromHex("18 8280808010  50 8380808010  38 808080808020"));
  EXPECT_EQ(envelope.type, FrameType::kRequest);
  EXPECT_EQ(envelope.fds, 3u);
  EXPECT_TRUE(envelope.open);
}

TEST(Envelope, aTypeOfTheFutureIsKeptAsItsNumber) {
  EXPECT_EQ(ToString(Decoded(FromHex("18 63")).type), "TYPE_99");
  EXPECT_EQ(ToString(Decoded(FromHex("18 ffffffffffffffffff01")).type), "TYPE_-1");
  EXPECT_FALSE(IsKnown(Decoded(FromHex("18 0c")).type));
}

TEST(Envelope, anOverlongVarintIsReadToTenBytesAndNoFurther) {
  EXPECT_EQ(Decoded(FromHex("08 85808080808080808000 1802")).id, 5u);
  EXPECT_EQ(DecodeError("08 8580808080808080808000"),
            "F-5: a varint has over 10 bytes, at byte 11");
}

TEST(Envelope, malformedBytesAreRefusedWithRuleAndPlace) {
  EXPECT_EQ(DecodeError("08"), "F-5: a varint is cut off, at byte 1");
  EXPECT_EQ(DecodeError("08 80"), "F-5: a varint is cut off, at byte 2");
  EXPECT_EQ(DecodeError("80"), "F-5: a tag is cut off, at byte 1");
  EXPECT_EQ(DecodeError("00"), "F-5: a tag has field number 0, at byte 1");
  EXPECT_EQ(DecodeError("02 00"), "F-5: a tag has field number 0, at byte 1");
  EXPECT_EQ(DecodeError("8000"), "F-5: a tag has field number 0, at byte 2");
  EXPECT_EQ(DecodeError("888080808000 01"), "F-5: a tag has over 5 bytes, at byte 5");
  EXPECT_EQ(DecodeError("0b 0c"), "F-5: field 1 has wire type 3, at byte 1");
  EXPECT_EQ(DecodeError("0c"), "F-5: field 1 has wire type 4, at byte 1");
  EXPECT_EQ(DecodeError("0e"), "F-5: field 1 has wire type 6, at byte 1");
  EXPECT_EQ(DecodeError("0f"), "F-5: field 1 has wire type 7, at byte 1");
  EXPECT_EQ(DecodeError("7a 05 61"),
            "F-5: a length of 5 runs past the end, 1 bytes are left, at byte 2");
  EXPECT_EQ(DecodeError("7a ffffffff0f"),
            "F-5: a length of 4294967295 runs past the end, 0 bytes are left, at byte 6");
  EXPECT_EQ(DecodeError("7a 818080808000 61"), "F-5: a length has over 5 bytes, at byte 6");
  EXPECT_EQ(DecodeError("7a 81"), "F-5: a length is cut off, at byte 2");
  EXPECT_EQ(DecodeError("9d 06 010203"), "F-5: a fixed number is cut off, at byte 2");
  EXPECT_EQ(DecodeError("2a 02 c328"), "F-5: field name is not UTF-8, at byte 4");
  EXPECT_EQ(DecodeError("12 01 ff"), "F-5: field sent_by is not UTF-8, at byte 3");
  EXPECT_EQ(DecodeError("5a 03 0a01ff"), "F-5: field metadata.key is not UTF-8, at byte 3");
  EXPECT_EQ(DecodeError("5a 02 0a01"),
            "F-5: a length of 1 runs past the end, 0 bytes are left, at byte 2");
}

TEST(Envelope, bytesFieldsNeedNoUtf8) {
  EXPECT_EQ(Decoded(FromHex("5a 03 1201ff 7a 01 ff")).metadata[0].value, "\xff");
}

std::string CheckError(const Envelope& envelope) {
  return ErrorOf([&] { CheckReceived(envelope); });
}

const char kFine[] = "nothing was thrown";

TEST(Envelope, aTypeOfZeroIsRefused) {
  EXPECT_EQ(CheckError(Envelope()), "F-8: a frame has type 0");
}

TEST(Envelope, namesMayBeAsLongAsTheirLimitAndNoLonger) {
  Envelope envelope = Request();
  const std::string name(255, 'n');
  envelope.name = name;
  EXPECT_EQ(CheckError(envelope), kFine);
  const std::string longer(256, 'n');
  envelope.name = longer;
  EXPECT_EQ(CheckError(envelope), "F-7: name of 256 bytes is over the limit of 255");
  envelope.name = "n";
  envelope.sent_by = std::string_view(name).substr(0, 64);
  EXPECT_EQ(CheckError(envelope), kFine);
  envelope.sent_by = std::string_view(name).substr(0, 65);
  EXPECT_EQ(CheckError(envelope), "F-7: sent_by of 65 bytes is over the limit of 64");
}

TEST(Envelope, metadataMayBeAsMuchAsItsLimitsAndNoMore) {
  Envelope envelope = Request();
  const std::string text(8'192, 'm');
  envelope.metadata.assign(32, {"k", "v"});
  EXPECT_EQ(CheckError(envelope), kFine);
  envelope.metadata.assign(33, {"k", "v"});
  EXPECT_EQ(CheckError(envelope), "F-7: metadata of 33 entries is over the limit of 32");
  envelope.metadata.assign(1, {std::string_view(text).substr(0, 64), ""});
  EXPECT_EQ(CheckError(envelope), kFine);
  envelope.metadata.assign(1, {std::string_view(text).substr(0, 65), ""});
  EXPECT_EQ(CheckError(envelope), "F-7: metadata key of 65 bytes is over the limit of 64");
  envelope.metadata.assign(1, {"", text});
  EXPECT_EQ(CheckError(envelope), kFine);
  envelope.metadata.assign(1, {"k", text});
  EXPECT_EQ(CheckError(envelope), "F-7: metadata of 8193 bytes is over the limit of 8192");
}

TEST(Envelope, aFloodOfMetadataTakesNoMemory) {
  std::string bytes = FromHex("1802");
  for (int i = 0; i < 32; ++i) bytes += FromHex("5a00");
  EXPECT_EQ(CheckError(Decoded(bytes)), kFine);
  for (int i = 0; i < 1'000'000; ++i) bytes += FromHex("5a00");
  const Received received = Decoded(bytes);
  EXPECT_LE(received.metadata.capacity(), 64u);
  EXPECT_EQ(CheckError(received), "F-7: metadata of 33 entries is over the limit of 32");
}

TEST(Envelope, moreNeedsAPayloadAndATypeThatMayBeCut) {
  Envelope envelope = Request();
  envelope.more = true;
  EXPECT_EQ(CheckError(envelope), kFine);
  envelope.payload = {};
  EXPECT_EQ(CheckError(envelope), "F-9: REQUEST 5 has more and no payload");
  envelope.payload = "p";
  envelope.type = FrameType::kEvent;
  EXPECT_EQ(CheckError(envelope), "F-9: EVENT 5 has more");
  envelope.type = FrameType{99};
  EXPECT_EQ(CheckError(envelope), kFine);
}

TEST(Envelope, aSenderIsToldBeforeAnythingIsSent) {
  Envelope envelope = Request();
  EXPECT_EQ(ErrorOf([&] { CheckSent(envelope); }), kFine);
  envelope.name = "\xff";
  try {
    CheckSent(envelope);
    FAIL() << "bad UTF-8 was let through";
  } catch (const WireError& error) {
    EXPECT_STREQ(error.what(), "F-5: field name is not UTF-8");
    EXPECT_EQ(error.rule(), "F-5");
    EXPECT_EQ(error.code(), wire_code::kInvalidArgument);
  }
  envelope.name = "n";
  envelope.metadata = {{"", "v"}};
  EXPECT_EQ(ErrorOf([&] { CheckSent(envelope); }), "F-7: a metadata key is empty");
  const std::string longer(256, 'n');
  envelope.name = longer;
  EXPECT_EQ(ErrorOf([&] { CheckSent(envelope); }),
            "F-7: name of 256 bytes is over the limit of 255");
}

}  // namespace
}  // namespace parley
