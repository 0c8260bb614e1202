#ifndef PARLEY_CONNECTION_SETTINGS_H_
#define PARLEY_CONNECTION_SETTINGS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "connection/busy_poll.h"
#include "connection/keepalive.h"
#include "parley/wire/limits.h"

namespace parley {

/// Which side of a connection this is.
enum class Side { kConnecting, kAccepting };

/// Whether `side` opens the calls with that id (C-1).
constexpr bool Opens(Side side, std::uint64_t id) {
  return (id & 1) == (side == Side::kConnecting ? 1u : 0u);
}

/// What this side of a connection says of itself and accepts.
struct Settings {
  /// The highest level that this runtime speaks: calls, events, streams, credit and fragments.
  static constexpr std::uint32_t kLevel = 2;

  /// This process's name, the HELLO's `sent_by`.
  std::string name;
  /// What the HELLO carries for the application.
  std::string payload;
  std::uint32_t max_frame = limits::kDefaultMaxFrame;
  std::uint64_t max_message = limits::kDefaultMaxMessage;
  /// What the peer may send on each call, and as events, before the first CREDIT, in bytes (W-1).
  std::uint64_t window = limits::kDefaultWindow;
  std::uint32_t max_calls = limits::kDefaultMaxCalls;
  /// The most bytes that are held for the application: requests, messages, fragments (C-11).
  std::uint64_t max_held = limits::kHeldBytes;
  /// How long the peer's HELLO may take, on the connecting side together with connecting (H-5).
  std::chrono::nanoseconds handshake_timeout = limits::kAnswerTime;
  /// How much of that is over when the connection begins.
  std::chrono::nanoseconds handshake_spent{0};
  /// How long a graceful close waits for calls in flight.
  std::chrono::nanoseconds drain_timeout = std::chrono::seconds(5);
  /// When a silent peer is asked for a sign of life; empty: never.
  std::optional<Keepalive::Times> keepalive;

  /// How long a reader looks for more after activity before it sleeps; zero: not at all.
  std::chrono::nanoseconds busy_poll = BusyPoll::kDefault;

  /// Whose processes may be at the other end, beside this user's and root's (H-4).
  std::set<uid_t> users;
  bool any_user = false;

  /// Whether a process of that user may be there.
  bool Wants(uid_t uid) const;

  /// Checks every setting against its bounds.
  /// @throws std::invalid_argument
  void Check() const;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_SETTINGS_H_
