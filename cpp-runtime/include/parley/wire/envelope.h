#ifndef PARLEY_WIRE_ENVELOPE_H_
#define PARLEY_WIRE_ENVELOPE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parley/export.h"

namespace parley {

/// The type of a frame. Open: a newer peer may send numbers that are not listed (F-8).
enum class FrameType : std::int32_t {
  kUnspecified = 0,
  kHello = 1,
  kRequest = 2,
  kMessage = 3,
  kEnd = 4,
  kResponse = 5,
  kCancel = 6,
  kCredit = 7,
  kEvent = 8,
  kPing = 9,
  kPong = 10,
  kGoAway = 11,
};

/// The name of a type as the schema writes it, or `TYPE_<number>`.
PARLEY_EXPORT std::string ToString(FrameType type);

/// Tells whether this version of the protocol knows the type.
constexpr bool IsKnown(FrameType type) {
  return type >= FrameType::kHello && type <= FrameType::kGoAway;
}

/// One metadata entry of an envelope. Owns nothing.
struct MetadataField {
  std::string_view key;
  std::string_view value;
};

/// The header of one frame and its payload, as in `parley/v1/envelope.proto`.
///
/// Owns no text: the views of a decoded envelope point into the reader's buffer, those of one to
/// encode into what its writer owns. One object serves many frames; `Clear` keeps the capacity.
struct PARLEY_EXPORT Envelope {
  std::uint64_t id = 0;
  std::string_view sent_by;
  FrameType type = FrameType::kUnspecified;
  bool success = false;
  std::string_view name;
  std::uint64_t timeout_us = 0;
  bool open = false;
  bool more = false;
  std::uint64_t credit = 0;
  std::uint32_t fds = 0;
  std::vector<MetadataField> metadata;
  std::uint64_t missed = 0;
  std::string_view payload;

  void Clear();
};

/// Reads the bytes of one envelope (without the frame's length) into `envelope`, whose old content
/// is gone. Applies F-5 and F-6; the views point into `bytes`. Keeps one entry of metadata more
/// than F-7 allows, however many there are.
/// @throws WireError F-5 when the bytes are malformed
PARLEY_EXPORT void DecodeEnvelope(std::string_view bytes, Envelope& envelope);

/// Applies the rules that hold for every received envelope, in this order: F-7 lengths, F-8 type 0,
/// F-9 `more`.
/// @throws WireError when one is broken.
PARLEY_EXPORT void CheckReceived(const Envelope& envelope);

/// Applies F-7, F-5 for text, and the least length of a key to an envelope that is about to be
/// sent.
/// @throws WireError with INVALID_ARGUMENT: the call fails here and nothing is sent.
PARLEY_EXPORT void CheckSent(const Envelope& envelope);

/// The number of bytes that stand before the payload of a frame: its length, all other fields, and
/// tag and length of the payload. `envelope.payload` is not looked at; the payload has
/// `payload_size` bytes, and the frame in all `HeadSize(...) + payload_size`.
PARLEY_EXPORT std::size_t HeadSize(const Envelope& envelope, std::size_t payload_size);

/// Writes those bytes to `out`, which has room for `HeadSize(...)`, and returns the end: the place
/// for the payload. Fields are written in the order of their numbers.
PARLEY_EXPORT char* WriteHead(const Envelope& envelope, std::size_t payload_size, char* out);

/// Appends the whole frame, `envelope.payload` included, to `out`.
PARLEY_EXPORT void AppendFrame(const Envelope& envelope, std::string& out);

/// Tells whether `text` is well-formed UTF-8: no overlong forms, no surrogates, up to U+10FFFF.
PARLEY_EXPORT bool IsUtf8(std::string_view text);

}  // namespace parley

#endif  // PARLEY_WIRE_ENVELOPE_H_
