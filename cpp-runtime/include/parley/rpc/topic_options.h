#ifndef PARLEY_RPC_TOPIC_OPTIONS_H_
#define PARLEY_RPC_TOPIC_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string_view>

namespace parley {

class Peer;

/// What becomes of publications for a subscriber that does not keep up (T-3).
enum class SlowPolicy {
  /// Those that have waited longest are dropped: the subscriber gets the newest.
  kDropOldest,
  /// The new one is dropped: the subscriber gets what it would have got, until it has caught up.
  kDropNewest,
  /// The subscription fails, RESOURCE_EXHAUSTED.
  kDisconnect,
};

/// How a server keeps its topics.
struct TopicOptions {
  /// Says yes or no to a peer and a topic; by many threads at once, must not block.
  using Guard = std::function<bool(Peer& peer, std::string_view topic)>;

  /// The bytes that may wait for one subscriber, with 64 a publication (T-3).
  std::uint64_t bound = 1u << 20;
  /// What is done over it.
  SlowPolicy slow = SlowPolicy::kDropOldest;
  /// Who may publish; empty: whoever is connected. What another publishes is dropped, and logged.
  Guard may_publish;
  /// Who may subscribe; empty: whoever is connected. Another is told PERMISSION_DENIED.
  Guard may_subscribe;
};

}  // namespace parley

#endif  // PARLEY_RPC_TOPIC_OPTIONS_H_
