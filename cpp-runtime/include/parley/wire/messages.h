#ifndef PARLEY_WIRE_MESSAGES_H_
#define PARLEY_WIRE_MESSAGES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parley/export.h"

namespace parley {

/// The payload of a HELLO frame. In a decoded one 0 still means "the default" until
/// `ApplyDefaults`.
struct PARLEY_EXPORT HelloMessage {
  std::uint32_t version = 0;
  std::uint32_t min_version = 0;
  std::uint32_t level = 0;
  std::uint64_t features = 0;
  std::uint32_t max_frame = 0;
  std::uint64_t max_message = 0;
  std::uint64_t window = 0;
  std::uint32_t max_calls = 0;
  std::string payload;

  /// Puts the default in place of each 0 that means one.
  void ApplyDefaults();
};

/// A `google.protobuf.Any`: a type and its bytes.
struct AnyMessage {
  std::string type_url;
  std::string value;
};

/// The payload of an unsuccessful RESPONSE: `parley.v1.Status`.
struct StatusMessage {
  std::int32_t code = 0;
  std::string message;
  std::vector<AnyMessage> details;
  bool not_run = false;
};

/// The payload of a GOAWAY frame.
struct GoAwayMessage {
  StatusMessage status;
  bool no_return = false;
};

PARLEY_EXPORT std::string Encode(const HelloMessage& hello);
PARLEY_EXPORT std::string Encode(const StatusMessage& status);
PARLEY_EXPORT std::string Encode(const GoAwayMessage& go_away);

/// Reads a HELLO and applies H-2: it is readable, has a version in common with ours, `max_frame` is
/// not below its least value, the payload not too long. Defaults are applied.
/// @throws WireError H-2, FAILED_PRECONDITION when there is no common version
PARLEY_EXPORT HelloMessage DecodeHello(std::string_view bytes);

/// Reads a Status. Returns false when the bytes are unreadable; `status` is then UNKNOWN with a
/// text that says so (C-10).
PARLEY_EXPORT bool DecodeStatus(std::string_view bytes, StatusMessage& status);

/// Reads a GoAway. Returns false when the bytes are unreadable; its status is then UNKNOWN.
PARLEY_EXPORT bool DecodeGoAway(std::string_view bytes, GoAwayMessage& go_away);

}  // namespace parley

#endif  // PARLEY_WIRE_MESSAGES_H_
