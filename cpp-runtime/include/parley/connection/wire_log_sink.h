#ifndef PARLEY_CONNECTION_WIRE_LOG_SINK_H_
#define PARLEY_CONNECTION_WIRE_LOG_SINK_H_

#include <functional>
#include <string>

#include "parley/export.h"
#include "parley/wire/wire_log.h"

namespace parley {

/// Where the wire log goes: one line a frame, off by default. One for the process; safe for use by
/// many threads.
///
/// The environment variable `PARLEY_WIRE_LOG` turns it on from outside: `1` or `stderr` writes to
/// standard error, any other value is the path of a file that is appended to.
class PARLEY_EXPORT WireLogSink {
 public:
  /// Takes one line, without its end. Called under locks of the connection: it must be short and
  /// must not use Parley.
  using Sink = std::function<void(const std::string& line)>;

  /// Sets where lines go; an empty sink turns the log off.
  static void Set(Sink sink);

  /// Whether lines are wanted: asked for every frame, so it costs one load.
  static bool IsOn() noexcept;

  /// Gives a line to the sink.
  static void Write(const std::string& line);
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_WIRE_LOG_SINK_H_
