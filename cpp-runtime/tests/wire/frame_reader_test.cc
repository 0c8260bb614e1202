#include "parley/wire/frame_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "parley/wire/wire_error.h"
#include "support/errors.h"
#include "support/hex.h"

namespace parley {
namespace {

/// Gives `bytes` to the reader as far as its room takes them, and returns how many.
std::size_t Feed(FrameReader& reader, std::string_view bytes) {
  const FrameReader::Space space = reader.Room();
  const std::size_t count = std::min(bytes.size(), space.size);
  bytes.copy(space.data, count);
  reader.Filled(count);
  return count;
}

/// Gives all of it, in pieces of `piece`, and notes each frame as `id:payload`.
std::vector<std::string> Frames(FrameReader& reader, std::string_view bytes, std::size_t piece) {
  std::vector<std::string> frames;
  Envelope envelope;
  while (!bytes.empty()) {
    bytes.remove_prefix(Feed(reader, bytes.substr(0, piece)));
    while (reader.Next(envelope)) {
      frames.push_back(std::to_string(envelope.id) + ":" + std::string(envelope.payload));
    }
  }
  return frames;
}

std::string Message(std::uint64_t id, std::string_view payload) {
  Envelope envelope;
  envelope.id = id;
  envelope.type = FrameType::kMessage;
  envelope.payload = payload;
  std::string frame;
  AppendFrame(envelope, frame);
  return frame;
}

/// A frame of exactly `length` bytes behind its prefix.
std::string FrameOf(std::uint32_t length) {
  std::string payload(length, 'x');
  while (Message(1, payload).size() > length + 4u) payload.pop_back();
  return Message(1, payload);
}

std::string ErrorFor(const std::string& hex, std::uint32_t limit = limits::kFirstFrame) {
  FrameReader reader(limit);
  return ErrorOf([&] { Frames(reader, FromHex(hex), 1); });
}

TEST(FrameReader, framesAreTheSameHoweverTheBytesAreCut) {
  std::string bytes;
  std::vector<std::string> wanted;
  for (int i = 1; i <= 20; ++i) {
    const std::string payload(i * i, static_cast<char>('a' + i));
    bytes += Message(i, payload);
    wanted.push_back(std::to_string(i) + ":" + payload);
  }
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    FrameReader reader;
    ASSERT_EQ(Frames(reader, bytes, piece), wanted) << "in pieces of " << piece;
    ASSERT_FALSE(reader.InFrame());
  }
}

TEST(FrameReader, aStreamLongerThanTheBufferIsReadWithoutGrowth) {
  FrameReader reader;
  std::string bytes;
  for (int i = 1; i <= 5'000; ++i) bytes += Message(i, "0123456789");
  EXPECT_EQ(Frames(reader, bytes, 7'000).size(), 5'000u);
  EXPECT_LE(reader.capacity(), 16'388u);
}

TEST(FrameReader, aFrameIsTakenAtTheLimitAndRefusedAboveIt) {
  FrameReader reader(limits::kFirstFrame);
  const std::string largest = FrameOf(16'384);
  ASSERT_EQ(largest.size(), 16'388u);
  EXPECT_EQ(Frames(reader, largest, 5'000).size(), 1u);
  EXPECT_EQ(reader.frame_size(), 16'388u);
  EXPECT_EQ(ErrorOf([&] { Frames(reader, FrameOf(16'385), 4); }),
            "F-2: frame of 16385 bytes is over the limit of 16384");
}

TEST(FrameReader, aNewLimitHoldsForFramesThatAreThereAlready) {
  FrameReader reader;
  const std::string hello = Message(1, "");
  const std::string large = FrameOf(20'000);
  Envelope envelope;
  std::string_view bytes = large;
  Feed(reader, hello + large.substr(0, 4));
  bytes.remove_prefix(4);
  ASSERT_TRUE(reader.Next(envelope));
  reader.SetLimit(20'000);
  EXPECT_FALSE(reader.Next(envelope));
  EXPECT_EQ(Frames(reader, bytes, 1'000).size(), 1u);
}

TEST(FrameReader, badLengthsAreRefusedBeforeAnythingIsKept) {
  EXPECT_EQ(ErrorFor("00000000"), "F-2: frame of 0 bytes");
  EXPECT_EQ(ErrorFor("7fffffff"), "F-2: frame of 2147483647 bytes is over the limit of 16384");
  EXPECT_EQ(ErrorFor("80000000"), "F-2: frame of 2147483648 bytes is over the limit of 16384");
  EXPECT_EQ(ErrorFor("ffffffff", 4u << 20),
            "F-2: frame of 4294967295 bytes is over the limit of 4194304");
}

TEST(FrameReader, theCodeOfARefusalSaysWhatIsWrong) {
  FrameReader reader;
  Envelope envelope;
  Feed(reader, FromHex("00000000"));
  try {
    reader.Next(envelope);
    FAIL();
  } catch (const WireError& error) {
    EXPECT_EQ(error.code(), wire_code::kInternal);
    EXPECT_EQ(error.rule(), "F-2");
  }
  FrameReader other;
  Feed(other, FromHex("00004001"));
  try {
    other.Next(envelope);
    FAIL();
  } catch (const WireError& error) {
    EXPECT_EQ(error.code(), wire_code::kResourceExhausted);
  }
}

TEST(FrameReader, anotherProtocolIsNamed) {
  const auto error = [](std::string_view bytes) {
    FrameReader reader;
    return ErrorOf([&] { Frames(reader, bytes, bytes.size()); });
  };
  EXPECT_EQ(error("GET / HTTP/1.1\r\n"),
            "F-2: frame of 1195725856 bytes is over the limit of 16384; this looks like HTTP");
  EXPECT_NE(error("PRI * HTTP/2.0\r\n").find("this looks like HTTP"), std::string::npos);
  EXPECT_NE(error(FromHex("16030100 c5")).find("this looks like TLS"), std::string::npos);
}

TEST(FrameReader, memoryGrowsWithWhatArrivedAndNotWithWhatIsClaimed) {
  FrameReader reader(64u << 20);
  Envelope envelope;
  // A claim of 64 MiB with 100,000 bytes behind it.
  std::string bytes = FromHex("04000000") + std::string(100'000, 'x');
  std::string_view left = bytes;
  while (!left.empty()) {
    left.remove_prefix(Feed(reader, left));
    ASSERT_FALSE(reader.Next(envelope));
  }
  EXPECT_LE(reader.capacity(), 2 * (bytes.size() + 16'388));
  EXPECT_TRUE(reader.InFrame());
}

TEST(FrameReader, anIdleReaderHoldsNoMemory) {
  FrameReader reader;
  EXPECT_EQ(reader.capacity(), 0u);
  const std::string frame = Message(1, "hello");
  Feed(reader, frame.substr(0, 5));
  Envelope envelope;
  EXPECT_FALSE(reader.Next(envelope));
  reader.Release();
  EXPECT_GT(reader.capacity(), 0u) << "half a frame is kept";
  EXPECT_EQ(Frames(reader, frame.substr(5), 100).size(), 1u);
  reader.Release();
  EXPECT_EQ(reader.capacity(), 0u);
  EXPECT_EQ(Frames(reader, frame, 100).size(), 1u);
}

TEST(FrameReader, theRulesForEveryFrameAreApplied) {
  EXPECT_EQ(ErrorFor("00000002 0805"), "F-8: a frame has type 0");
  EXPECT_EQ(ErrorFor("00000001 08"), "F-5: a varint is cut off, at byte 1");
  EXPECT_EQ(ErrorFor("00000004 1809 4001"), "F-9: PING 0 has more");
}

TEST(FrameReader, deepNestingInAPayloadIsOnlyBytes) {
  // 100,000 messages of field 1, each inside the one before.
  std::string payload;
  for (int i = 0; i < 100'000; ++i) payload += "\x0a\xff\x7f";
  FrameReader reader(1u << 20);
  EXPECT_EQ(Frames(reader, Message(1, payload), 4'096).size(), 1u);
}

}  // namespace
}  // namespace parley
