#include "connection/event_windows.h"

#include <algorithm>
#include <string>

#include "parley/wire/limits.h"

namespace parley {

void EventWindows::Open(bool counted, std::uint64_t window) {
  counted_ = counted;
  sending_ = static_cast<std::int64_t>(std::min<std::uint64_t>(window, INT64_MAX));
}

std::optional<StatusMessage> EventWindows::Take(std::size_t payload) {
  if (!counted_) {
    if (outbox_.HasRoom()) {
      return std::nullopt;
    }
    return Fault(wire_code::kResourceExhausted,
                 "W-5: " + std::to_string(outbox_.queued()) + " bytes wait to be written already");
  }
  if (sending_ <= 0) {
    return Fault(wire_code::kResourceExhausted,
                 "W-5: the peer has no room for more events now; the event was not sent");
  }
  if (static_cast<std::uint64_t>(sending_) < limits::kUnlimitedWindow) {
    sending_ -= static_cast<std::int64_t>(payload + limits::kFrameCost);
  }
  return std::nullopt;
}

void EventWindows::Grant(std::uint64_t bytes) {
  const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, INT64_MAX));
  sending_ = sending_ > 0 && most > INT64_MAX - sending_ ? INT64_MAX : sending_ + most;
}

void EventWindows::Arrived(std::size_t payload) {
  if (counted_) {
    receiving_.Arrived(payload, true, [] { return "an EVENT"; });
    ++waiting_;
  }
}

void EventWindows::Consumed(std::size_t payload) {
  if (!counted_) {
    return;
  }
  --waiting_;
  const std::uint64_t grant = receiving_.Consumed(payload + limits::kFrameCost, waiting_ == 0);
  if (grant > 0) {
    Envelope credit;
    credit.type = FrameType::kCredit;
    credit.credit = grant;
    outbox_.Append(credit);
  }
}

}  // namespace parley
