#ifndef PARLEY_CONNECTION_EVENT_WINDOWS_H_
#define PARLEY_CONNECTION_EVENT_WINDOWS_H_

#include <cstdint>
#include <optional>

#include "connection/outbox.h"
#include "connection/receive_window.h"

namespace parley {

/// What may be sent as events, each way: all events of one direction share one window (W-5). Below
/// level 2 nothing is counted (W-6), and the room in the outbox bounds what is sent. Stands under
/// the connection's lock.
class EventWindows {
 public:
  EventWindows(Outbox& outbox, std::uint64_t window) : outbox_(outbox), receiving_(window) {}

  void Open(bool counted, std::uint64_t window);

  /// Takes an event's cost from the peer's window; why it may not be sent, or nothing.
  std::optional<StatusMessage> Take(std::size_t payload);

  /// The peer has room for more.
  void Grant(std::uint64_t bytes);

  /// An event has come.
  /// @throws WireError W-4
  void Arrived(std::size_t payload);

  /// An event has been handled or dropped.
  void Consumed(std::size_t payload);

 private:
  Outbox& outbox_;
  ReceiveWindow receiving_;
  std::int64_t sending_ = 0;
  bool counted_ = false;
  std::size_t waiting_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_EVENT_WINDOWS_H_
