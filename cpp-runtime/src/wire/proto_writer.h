#ifndef PARLEY_SRC_WIRE_PROTO_WRITER_H_
#define PARLEY_SRC_WIRE_PROTO_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace parley {

/// Sizes and bytes of protobuf fields whose numbers are below 16, so that each tag is one byte.
/// As in proto3, a field with its default value is left out.
namespace proto {

inline std::size_t VarintSize(std::uint64_t value) {
  // Seven bits a byte; the `| 1` makes 0 take one byte.
  const auto bits = static_cast<std::size_t>(64 - __builtin_clzll(value | 1));
  return (bits + 6) / 7;
}

inline char* WriteVarint(std::uint64_t value, char* out) {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}

/// A 32-bit signed number or enum is sign-extended to 64 bits on the wire.
inline std::uint64_t Extended(std::int32_t value) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
}

inline std::size_t NumberSize(std::uint64_t value) {
  return value == 0 ? 0 : 1 + VarintSize(value);
}

inline char* WriteNumber(int field, std::uint64_t value, char* out) {
  if (value == 0) return out;
  *out++ = static_cast<char>(field << 3);
  return WriteVarint(value, out);
}

/// Tag and length of bytes that may not be left out.
inline std::size_t LengthSize(std::size_t size) { return 1 + VarintSize(size); }

inline char* WriteLength(int field, std::size_t size, char* out) {
  *out++ = static_cast<char>(field << 3 | 2);
  return WriteVarint(size, out);
}

inline std::size_t BytesSize(std::string_view bytes) {
  return bytes.empty() ? 0 : LengthSize(bytes.size()) + bytes.size();
}

inline char* WriteBytes(int field, std::string_view bytes, char* out) {
  if (bytes.empty()) return out;
  out = WriteLength(field, bytes.size(), out);
  std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

}  // namespace proto
}  // namespace parley

#endif  // PARLEY_SRC_WIRE_PROTO_WRITER_H_
