#include "wire/proto_reader.h"

namespace parley {

namespace {
// A tag is a 32-bit number: more than five bytes of it are refused (F-5).
constexpr int kTagBytes = 5;
constexpr int kVarintBytes = 10;
}  // namespace

std::uint32_t ProtoReader::NextLong() {
  std::uint32_t tag = 0;
  for (int i = 0;; ++i) {
    if (i == kTagBytes) Fail("a tag has over 5 bytes");
    if (at_ == end_) Fail("a tag is cut off");
    const auto byte = static_cast<unsigned char>(*at_++);
    tag |= static_cast<std::uint32_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) break;
  }
  if (tag >> 3 == 0) Fail("a tag has field number 0");
  return tag;
}

std::uint64_t ProtoReader::VarintLong() {
  std::uint64_t value = 0;
  for (int i = 0;; ++i) {
    if (i == kVarintBytes) Fail("a varint has over 10 bytes");
    if (at_ == end_) Fail("a varint is cut off");
    const auto byte = static_cast<unsigned char>(*at_++);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) return value;
  }
}

void ProtoReader::Skip(std::uint32_t tag) {
  switch (tag & 7) {
    case kVarint:
      Varint();
      return;
    case kFixed64:
      SkipFixed(8);
      return;
    case kBytes:
      Bytes();
      return;
    case kFixed32:
      SkipFixed(4);
      return;
    default:
      Fail("field " + std::to_string(tag >> 3) + " has wire type " + std::to_string(tag & 7));
  }
}

void ProtoReader::SkipFixed(std::size_t size) {
  if (static_cast<std::size_t>(end_ - at_) < size) Fail("a fixed number is cut off");
  at_ += size;
}

void ProtoReader::Fail(const std::string& what) const {
  throw WireError("F-5", wire_code::kInternal, what + ", at byte " + std::to_string(at_ - start_));
}

}  // namespace parley
