#include "parley/rpc/log_sink.h"

#include <unistd.h>

#include <memory>
#include <mutex>
#include <utility>

namespace parley {
namespace {

/// The sink of the process. Never destroyed, since threads of others may log while a program ends.
struct Log {
  std::mutex mutex;
  std::shared_ptr<const LogSink::Sink> sink;

  static Log& Of() {
    static Log* const log = new Log();
    return *log;
  }
};

void WriteToStandardError(const std::string& line) {
  const std::string whole = "parley: " + line + "\n";
  // Where standard error is closed there is nobody to tell.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

}  // namespace

void LogSink::Set(Sink sink) {
  std::shared_ptr<const Sink> held = sink ? std::make_shared<const Sink>(std::move(sink)) : nullptr;
  Log& log = Log::Of();
  std::lock_guard<std::mutex> lock(log.mutex);
  log.sink.swap(held);
}

void LogSink::Write(const std::string& line) noexcept {
  try {
    Log& log = Log::Of();
    std::shared_ptr<const Sink> sink;
    {
      std::lock_guard<std::mutex> lock(log.mutex);
      sink = log.sink;
    }
    if (sink != nullptr) {
      (*sink)(line);
    } else {
      WriteToStandardError(line);
    }
  } catch (...) {
    // A sink must not end the thread of somebody else.
  }
}

}  // namespace parley
