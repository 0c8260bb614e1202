#include <cstdint>
#include <cstring>

#include "parley/wire/envelope.h"

namespace parley {

namespace {

bool IsTail(unsigned char byte) { return (byte & 0xc0) == 0x80; }

// The number of bytes of the well-formed sequence at `at`, or 0 (Unicode 15, table 3-7).
std::size_t Sequence(const unsigned char* at, std::size_t left) {
  const unsigned char first = at[0];
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (left < 2 || !IsTail(at[1])) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) {
    if (first == 0xe0 && at[1] < 0xa0) return 0;  // overlong
    if (first == 0xed && at[1] > 0x9f) return 0;  // surrogate
    return left >= 3 && IsTail(at[2]) ? 3 : 0;
  }
  if (first > 0xf4) return 0;
  if (first == 0xf0 && at[1] < 0x90) return 0;  // overlong
  if (first == 0xf4 && at[1] > 0x8f) return 0;  // over U+10FFFF
  return left >= 4 && IsTail(at[2]) && IsTail(at[3]) ? 4 : 0;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    // Names are ASCII nearly always: eight bytes at a time.
    while (left >= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      if (word & 0x8080808080808080u) break;
      at += 8;
      left -= 8;
    }
    if (left == 0) break;
    const std::size_t size = Sequence(at, left);
    if (size == 0) return false;
    at += size;
    left -= size;
  }
  return true;
}

}  // namespace parley
