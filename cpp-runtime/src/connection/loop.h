#ifndef PARLEY_CONNECTION_LOOP_H_
#define PARLEY_CONNECTION_LOOP_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "connection/connection.h"
#include "connection/timers.h"
#include "parley/transport/poller.h"

namespace parley {

/// One thread that waits for many descriptors: the connections of a server, or of all clients of
/// the process. Safe for use by many threads.
///
/// Only this thread reads; it never waits for anything but the poller, and runs no user code but an
/// admission.
class Loop final : public Timers, public std::enable_shared_from_this<Loop> {
 public:
  /// Starts the thread.
  static std::shared_ptr<Loop> Start();

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() override;

  /// Ends the thread and drops what it has not done. Not by that thread. More calls do nothing.
  void Stop();

  /// Holds a connection until it has ended, and begins it.
  void Hold(const std::shared_ptr<Connection>& connection, int descriptor);

  /// Calls `ready` on this thread whenever the descriptor is readable. By this thread.
  std::uint64_t Watch(int descriptor, std::function<void()> ready);
  /// Stops for a while, or goes on. By this thread.
  void Pause(std::uint64_t watch, bool paused);
  /// Stops for good. By this thread.
  void Forget(std::uint64_t watch);

  /// Runs `task` soon on this thread.
  void Run(std::function<void()> task);

  /// Whether the calling thread is this loop's.
  bool IsCurrent() const { return thread_.get_id() == std::this_thread::get_id(); }

  std::int64_t Now() const override { return MonotonicNow(); }
  Ticket At(std::int64_t when, std::function<void()> task) override;
  void Cancel(const Ticket& ticket) override { timers_.Cancel(ticket); }

 private:
  class HeldSeat;
  using Handler = std::function<void(bool readable, bool writable)>;
  struct Entry {
    int descriptor;
    std::shared_ptr<const Handler> handler;
  };

  Loop() = default;
  void Turn();
  /// Waits at most so long for what is ready, and hands it out.
  void Dispatch(std::chrono::nanoseconds timeout);
  bool RunTasks();
  /// @throws TransportError when the poller takes no more
  void Add(std::uint64_t token, int descriptor, Interest interest, Handler handler);

  Poller poller_;
  TimerQueue timers_;
  std::thread thread_;

  // Touched by the loop's thread alone.
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::uint64_t last_token_ = 0;

  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  bool stopped_ = false;
  std::atomic<bool> stopping_{false};
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_LOOP_H_
