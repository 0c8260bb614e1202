#include "parley/connection/wire_log_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>

namespace parley {
namespace {

/// The sink of the process. Never destroyed, since threads of others may log while a program ends.
struct Log {
  std::mutex mutex;
  std::shared_ptr<const WireLogSink::Sink> sink;
  std::atomic<bool> on{false};

  Log() {
    const char* wanted = std::getenv("PARLEY_WIRE_LOG");
    if (wanted == nullptr || *wanted == '\0' || std::string_view(wanted) == "0") {
      return;
    }
    const std::string_view path(wanted);
    int file = STDERR_FILENO;
    if (path != "1" && path != "stderr") {
      file = ::open(wanted, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    if (file < 0) {
      return;
    }
    sink = std::make_shared<const WireLogSink::Sink>([file](const std::string& line) {
      const std::string whole = line + "\n";
      // A log that cannot be written has nobody to be told.
      [[maybe_unused]] const ssize_t written = ::write(file, whole.data(), whole.size());
    });
    on = true;
  }

  static Log& Of() {
    static Log* const log = new Log();
    return *log;
  }
};

}  // namespace

void WireLogSink::Set(Sink sink) {
  Log& log = Log::Of();
  std::lock_guard<std::mutex> lock(log.mutex);
  log.on = static_cast<bool>(sink);
  log.sink = sink ? std::make_shared<const Sink>(std::move(sink)) : nullptr;
}

bool WireLogSink::IsOn() noexcept { return Log::Of().on.load(std::memory_order_relaxed); }

void WireLogSink::Write(const std::string& line) {
  Log& log = Log::Of();
  std::shared_ptr<const Sink> sink;
  {
    std::lock_guard<std::mutex> lock(log.mutex);
    sink = log.sink;
  }
  if (sink != nullptr) {
    (*sink)(line);
  }
}

}  // namespace parley
