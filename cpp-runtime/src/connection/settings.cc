#include "connection/settings.h"

#include <unistd.h>

#include <stdexcept>

#include "parley/wire/envelope.h"

namespace parley {

bool Settings::Wants(uid_t uid) const {
  return any_user || uid == ::geteuid() || uid == 0 || users.count(uid) > 0;
}

void Settings::Check() const {
  if (name.empty() || name.size() > limits::kSentBy || !IsUtf8(name)) {
    throw std::invalid_argument("F-7: a name is 1 to " + std::to_string(limits::kSentBy) +
                                " bytes of UTF-8, not " + std::to_string(name.size()) + " bytes");
  }
  if (payload.size() > limits::kHelloPayload) {
    throw std::invalid_argument("H-2: HELLO payload of " + std::to_string(payload.size()) +
                                " bytes is over the limit of " +
                                std::to_string(limits::kHelloPayload));
  }
  if (max_frame < limits::kLeastMaxFrame) {
    throw std::invalid_argument("H-2: max_frame of " + std::to_string(max_frame) + " is below " +
                                std::to_string(limits::kLeastMaxFrame));
  }
  if (window == 0) {
    throw std::invalid_argument("W-1: a window of 0 takes no message at all");
  }
  if (max_message == 0 || max_calls == 0) {
    throw std::invalid_argument("H-2: max_message and max_calls must be above 0");
  }
  if (busy_poll.count() < 0) {
    throw std::invalid_argument("the time of busy polling must not be below 0");
  }
  if (handshake_timeout.count() <= 0) {
    throw std::invalid_argument("H-5: a handshake needs a time above 0");
  }
  if (keepalive.has_value() &&
      (keepalive->silence.count() <= 0 || keepalive->patience.count() <= 0)) {
    throw std::invalid_argument("P-2: the times of keepalive must be above 0");
  }
}

}  // namespace parley
