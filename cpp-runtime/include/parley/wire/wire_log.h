#ifndef PARLEY_WIRE_WIRE_LOG_H_
#define PARLEY_WIRE_WIRE_LOG_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "parley/export.h"
#include "parley/wire/envelope.h"

namespace parley {

/// The way a frame goes.
enum class Direction { kIn, kOut };

/// One line of the wire log: way, peer, type, id, frame size and what the type calls for, in fixed
/// columns. Names are escaped, so a line stays a line; a payload is never shown, only its size.
///
///     << app/greeter      REQUEST              5      48  demo.v1.Greeter/Hello timeout=250000us
///
/// @param frame_size bytes of the envelope, the length prefix not counted
PARLEY_EXPORT std::string WireLogLine(Direction direction, std::string_view peer,
                                      const Envelope& envelope, std::size_t frame_size);

/// `text` with control characters and quotes as escapes, cut after `limit` bytes: safe in a log
/// line or an error.
PARLEY_EXPORT std::string Printable(std::string_view text, std::size_t limit = 256);

}  // namespace parley

#endif  // PARLEY_WIRE_WIRE_LOG_H_
