#include "wire/proto_reader.h"

namespace parley {

std::uint32_t ProtoReader::NextLong() {
  const auto tag = static_cast<std::uint32_t>(ReadLong("tag", kTagBytes));
  if (tag >> 3 == 0) Fail("a tag has field number 0");
  return tag;
}

std::uint64_t ProtoReader::ReadLong(const char* what, int most) {
  std::uint64_t value = 0;
  for (int i = 0;; ++i) {
    if (i == most) {
      Fail(std::string("a ") + what + " has over " + std::to_string(most) + " bytes");
    }
    if (at_ == end_) Fail(std::string("a ") + what + " is cut off");
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
