#ifndef PARLEY_CONNECTION_HELD_BYTES_H_
#define PARLEY_CONNECTION_HELD_BYTES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "connection/fault.h"

namespace parley {

/// How many bytes one connection holds for its application: of requests, of messages that wait, of
/// fragments (C-11). Stands under the connection's lock.
class HeldBytes {
 public:
  explicit HeldBytes(std::uint64_t most) : most_(most) {}

  /// Counts bytes that are to be held; why they may not be, or nothing.
  std::optional<StatusMessage> Take(std::uint64_t bytes) {
    if (bytes > most_ || held_ > most_ - bytes) {
      return Fault(wire_code::kResourceExhausted,
                   "C-11: " + std::to_string(held_) +
                       " bytes are held for this connection, of at most " + std::to_string(most_));
    }
    held_ += bytes;
    return std::nullopt;
  }

  /// Counts bytes that are not held any more.
  void Give(std::uint64_t bytes) { held_ -= bytes; }

 private:
  const std::uint64_t most_;
  std::uint64_t held_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_HELD_BYTES_H_
