#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

#include "parley/wire/envelope.h"

namespace parley {
namespace {

std::string Utf8Of(std::uint32_t point) {
  std::string text;
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xc0 | point >> 6);
    add(0x80 | (point & 63));
  } else if (point < 0x10000) {
    add(0xe0 | point >> 12);
    add(0x80 | (point >> 6 & 63));
    add(0x80 | (point & 63));
  } else {
    add(0xf0 | point >> 18);
    add(0x80 | (point >> 12 & 63));
    add(0x80 | (point >> 6 & 63));
    add(0x80 | (point & 63));
  }
  return text;
}

TEST(Utf8, everyCodePointIsTakenButSurrogates) {
  for (std::uint32_t point = 0; point <= 0x10ffff; ++point) {
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    ASSERT_EQ(IsUtf8(Utf8Of(point)), !surrogate) << std::hex << point;
  }
}

TEST(Utf8, everyOtherSequenceOfThreeBytesIsRefused) {
  // What is well formed in three bytes is made of whole sequences of one, two and three.
  const auto well_formed = [](const std::string& bytes) {
    static const auto sequences = [] {
      std::set<std::string> all;
      for (std::uint32_t point = 0; point < 0x10000; ++point) {
        if (point < 0xd800 || point > 0xdfff) all.insert(Utf8Of(point));
      }
      return all;
    }();
    std::size_t at = 0;
    while (at < bytes.size()) {
      std::size_t size = 1;
      while (at + size <= bytes.size() && sequences.count(bytes.substr(at, size)) == 0) ++size;
      if (at + size > bytes.size()) return false;
      at += size;
    }
    return true;
  };
  // All first bytes; then the edges of every range.
  const int edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xff};
  for (int first = 0; first < 256; ++first) {
    for (const int second : edges) {
      for (const int third : edges) {
        const std::string bytes = {static_cast<char>(first), static_cast<char>(second),
                                   static_cast<char>(third)};
        for (std::size_t size = 1; size <= 3; ++size) {
          const std::string part = bytes.substr(0, size);
          ASSERT_EQ(IsUtf8(part), well_formed(part)) << first << ' ' << second << ' ' << third;
        }
      }
    }
  }
}

TEST(Utf8, aFaultIsFoundAtEveryPlaceOfALongText) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    ASSERT_TRUE(IsUtf8(text));
    text[at] = '\x80';
    ASSERT_FALSE(IsUtf8(text)) << at;
  }
  EXPECT_FALSE(IsUtf8("aaaaaaaa\xf4\x90\x80\x80"));
  EXPECT_FALSE(IsUtf8("\xf0\x8f\xbf\xbf"));
  EXPECT_FALSE(IsUtf8("\xf0\x9f\x98"));
}

}  // namespace
}  // namespace parley
