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
/// columns. In names all but visible ASCII is escaped, so a line stays a line and its fields stay
/// apart; a payload is never shown, only its size.
///
///     << app/greeter              REQUEST           5      44 name=demo.v1.Greeter/Hello payload=7
///     >> app/greeter              RESPONSE          5      25 success=true payload=15
///
/// @param frame_size bytes of the frame, its length prefix included
PARLEY_EXPORT std::string WireLogLine(Direction direction, std::string_view peer,
                                      const Envelope& envelope, std::size_t frame_size);

/// `text` for people, safe in a log line or an error: control characters, quotes and what is no
/// UTF-8 as escapes, cut after `limit` bytes.
PARLEY_EXPORT std::string Printable(std::string_view text, std::size_t limit = 256);

}  // namespace parley

#endif  // PARLEY_WIRE_WIRE_LOG_H_
