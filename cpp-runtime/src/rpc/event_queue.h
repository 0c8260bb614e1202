#ifndef PARLEY_RPC_EVENT_QUEUE_H_
#define PARLEY_RPC_EVENT_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "parley/rpc/event_definition.h"
#include "parley/wire/envelope.h"
#include "parley/wire/limits.h"
#include "rpc/services.h"

namespace parley {

class ConnectedPeer;

/// The events of one peer that wait for their handlers: delivered one at a time, in order (E-1).
/// Bounded: an event that finds it full is dropped and counted (W-6). Safe for use by many threads.
class EventQueue : public std::enable_shared_from_this<EventQueue> {
 public:
  explicit EventQueue(std::shared_ptr<const Services> services) : services_(std::move(services)) {}

  /// Takes an event; one without a handler is dropped and counted.
  void Push(const std::shared_ptr<ConnectedPeer>& peer, const Envelope& event);

  /// Counts an event that nobody gets, and says so each time the count has doubled.
  void Drop(ConnectedPeer& peer, std::string_view name, std::size_t payload,
            const std::string& why);

  /// How many were dropped: without a handler, over the bound, or unreadable.
  std::uint64_t dropped() const;

 private:
  /// What an event costs beside its payload, as on the wire (W-1).
  static constexpr std::size_t kCost = 64;
  /// The cost in bytes of the events that may wait; Java's EventLane has the same room.
  static constexpr std::size_t kRoom = 4u << 20;

  struct Waiting {
    std::shared_ptr<const EventDefinition> definition;
    std::string payload;
    Metadata metadata;
  };

  void Deliver(const std::shared_ptr<ConnectedPeer>& peer);

  const std::shared_ptr<const Services> services_;

  mutable std::mutex mutex_;
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  bool delivering_ = false;
};

}  // namespace parley

#endif  // PARLEY_RPC_EVENT_QUEUE_H_
