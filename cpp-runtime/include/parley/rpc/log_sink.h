#ifndef PARLEY_RPC_LOG_SINK_H_
#define PARLEY_RPC_LOG_SINK_H_

#include <functional>
#include <string>

#include "parley/export.h"

namespace parley {

/// Where this side's people are told what no peer is: what handlers threw, and which events were
/// dropped. One for the process; safe for use by many threads. Lines go to standard error unless
/// set.
class PARLEY_EXPORT LogSink {
 public:
  /// Takes one line, without its end. Called by the threads of handlers and by those that read, so
  /// it must be short; what it throws is dropped.
  using Sink = std::function<void(const std::string& line)>;

  /// Sets where lines go; an empty sink is standard error again.
  static void Set(Sink sink);

  /// Gives a line to the sink.
  static void Write(const std::string& line) noexcept;
};

}  // namespace parley

#endif  // PARLEY_RPC_LOG_SINK_H_
