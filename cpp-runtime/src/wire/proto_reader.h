#ifndef PARLEY_SRC_WIRE_PROTO_READER_H_
#define PARLEY_SRC_WIRE_PROTO_READER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "parley/wire/envelope.h"
#include "parley/wire/wire_error.h"

namespace parley {

/// A cursor over the protobuf encoding of one message, strict as F-5 asks.
class ProtoReader {
 public:
  explicit ProtoReader(std::string_view bytes)
      : start_(bytes.data()), at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  /// The tag of a field with its wire type, as `Next` returns it.
  static constexpr std::uint32_t Tag(std::uint32_t number, WireType type) {
    return number << 3 | type;
  }

  /// Reads the next tag; 0 at the end of the message.
  std::uint32_t Next() {
    if (at_ == end_) return 0;
    const auto byte = static_cast<unsigned char>(*at_);
    if (byte < 0x80 && byte >= 8) {
      ++at_;
      return byte;
    }
    return NextLong();
  }

  std::uint64_t Varint() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) {
      return static_cast<unsigned char>(*at_++);
    }
    return ReadLong("varint", kVarintBytes);
  }

  std::string_view Bytes() {
    const std::uint64_t size = Length();
    const auto left = static_cast<std::uint64_t>(end_ - at_);
    if (size > left) {
      Fail("a length of " + std::to_string(size) + " runs past the end, " + std::to_string(left) +
           " bytes are left");
    }
    const std::string_view bytes(at_, static_cast<std::size_t>(size));
    at_ += size;
    return bytes;
  }

  std::string_view Text(const char* field) {
    const std::string_view text = Bytes();
    if (!IsUtf8(text)) Fail(std::string("field ") + field + " is not UTF-8");
    return text;
  }

  /// Passes over the value of a field that is unknown or has an unexpected wire type.
  void Skip(std::uint32_t tag);

 private:
  std::uint64_t Length() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) {
      return static_cast<unsigned char>(*at_++);
    }
    return ReadLong("length", kLengthBytes);
  }

  // Tags and lengths are 32-bit numbers: more than five bytes of one are refused (F-5).
  static constexpr int kTagBytes = 5;
  static constexpr int kLengthBytes = 5;
  static constexpr int kVarintBytes = 10;

  std::uint32_t NextLong();
  std::uint64_t ReadLong(const char* what, int most);
  void SkipFixed(std::size_t size);
  [[noreturn]] void Fail(const std::string& what) const;

  const char* start_;
  const char* at_;
  const char* end_;
};

}  // namespace parley

#endif  // PARLEY_SRC_WIRE_PROTO_READER_H_
