#ifndef PARLEY_CONNECTION_MONITOR_H_
#define PARLEY_CONNECTION_MONITOR_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace parley {

class Loop;

/// The one thread of the process that looks after loops whose thread runs code of the user's: one
/// that has not come back for a moment, the same job still running at two looks, is given another
/// thread. Asleep while nobody runs any. Lives as long as anybody holds it. Safe for use by many
/// threads.
class Monitor {
 public:
  /// The monitor; its thread starts when it is first needed.
  static std::shared_ptr<Monitor> Get();

  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor();

  /// Looks after a loop, until it is forgotten.
  void Add(Loop& loop);
  void Forget(Loop& loop);

  /// A loop has entered code of the user's, and its turn says so.
  void Entered() {
    if (asleep_.load()) {
      Wake();
    }
  }

 private:
  Monitor() = default;
  void Wake();
  void Watch();
  /// Locked. Relieves what is stuck; whether any loop has done anything since the last look.
  bool Look();

  std::atomic<bool> asleep_{true};
  std::mutex mutex_;
  std::condition_variable woken_;
  /// The turn of each at the last look.
  std::map<Loop*, std::uint64_t> loops_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_MONITOR_H_
