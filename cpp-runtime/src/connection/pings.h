#ifndef PARLEY_CONNECTION_PINGS_H_
#define PARLEY_CONNECTION_PINGS_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "connection/outbox.h"
#include "connection/timers.h"
#include "parley/wire/messages.h"

namespace parley {

/// The pings of this side: one at a time on the wire (P-1); who asks meanwhile shares the next one.
/// Safe for use by many threads; it shares the connection's lock.
class Pings {
 public:
  /// Told the round trip in nanoseconds, or why there is none; once, under no lock. Must be short.
  using Listener =
      std::function<void(std::optional<std::int64_t> round_trip, const StatusMessage& why)>;

  Pings(std::mutex& mutex, Outbox& outbox, Timers& timers)
      : mutex_(mutex), outbox_(outbox), timers_(timers) {}

  /// Sends a PING, now or after the one on its way. The caller flushes afterwards.
  void Send(Listener listener);

  /// Sends a PING unless one is under way. The caller flushes afterwards.
  void Ask();

  /// A PONG has arrived; one that nobody asked for is ignored. The caller flushes afterwards.
  void Pong(std::uint64_t id);

  /// No PONG will come.
  void Lost(const StatusMessage& why);

 private:
  /// Locked.
  void SendNow();

  std::mutex& mutex_;
  Outbox& outbox_;
  Timers& timers_;

  // Guarded by mutex_.
  std::uint64_t last_id_ = 0;
  bool under_way_ = false;
  std::int64_t sent_at_ = 0;
  std::vector<Listener> asking_;
  std::vector<Listener> waiting_;
  std::optional<StatusMessage> lost_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_PINGS_H_
