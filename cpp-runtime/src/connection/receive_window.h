#ifndef PARLEY_CONNECTION_RECEIVE_WINDOW_H_
#define PARLEY_CONNECTION_RECEIVE_WINDOW_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "connection/fault.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {

/// What a peer may still send, on one call or as events, and what is owed to it for what was
/// consumed or dropped (W-3). Stands under the connection's lock.
class ReceiveWindow {
 public:
  explicit ReceiveWindow(std::uint64_t start)
      : counted_(start < limits::kUnlimitedWindow),
        start_(static_cast<std::int64_t>(std::min<std::uint64_t>(start, INT64_MAX))),
        left_(start_) {}

  /// A frame has come; gives its cost, to be given back once it is consumed or dropped.
  /// @param begins whether it begins a message
  /// @param what gives what it is, as a text
  /// @throws WireError W-4
  template <typename What>
  std::uint64_t Arrived(std::size_t payload, bool begins, const What& what) {
    const std::uint64_t cost = payload + limits::kFrameCost;
    if (counted_) {
      if (begins && left_ <= 0) {
        throw WireError("W-4", wire_code::kResourceExhausted,
                        std::string(what()) + " began while the window of " +
                            std::to_string(start_) + " was used up");
      }
      left_ -= static_cast<std::int64_t>(cost);
    }
    return cost;
  }

  /// Something has been consumed or dropped; what to grant now, 0: nothing yet.
  /// @param idle whether nothing that has arrived waits to be consumed
  std::uint64_t Consumed(std::uint64_t cost, bool idle) {
    if (!counted_) {
      return 0;
    }
    owed_ += static_cast<std::int64_t>(cost);
    if (left_ > start_ / 2 || !(idle || owed_ >= start_ / kLeastPart)) {
      return 0;
    }
    const std::int64_t grant = owed_;
    owed_ = 0;
    left_ += grant;
    return static_cast<std::uint64_t>(grant);
  }

 private:
  /// Smaller grants than this part of the window wait for more, while anything waits.
  static constexpr std::int64_t kLeastPart = 4;

  const bool counted_;
  const std::int64_t start_;
  std::int64_t left_;
  std::int64_t owed_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_RECEIVE_WINDOW_H_
