#ifndef PARLEY_CONNECTION_FAULT_H_
#define PARLEY_CONNECTION_FAULT_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>

#include "parley/wire/messages.h"
#include "parley/wire/wire_error.h"

namespace parley {

/// A status that this side found out, as the wire carries it.
inline StatusMessage Fault(int code, std::string text) {
  StatusMessage status;
  status.code = code;
  status.message = std::move(text);
  return status;
}

/// The same, with the promise that the handler did not run and will not.
inline StatusMessage NotRun(int code, std::string text) {
  StatusMessage status = Fault(code, std::move(text));
  status.not_run = true;
  return status;
}

/// A message over what its receiver puts together (C-11).
inline StatusMessage TooLarge(const std::string& what, std::uint64_t size, std::uint64_t limit) {
  return Fault(wire_code::kResourceExhausted, "C-11: " + what + " of " + std::to_string(size) +
                                                  " bytes is over the limit of " +
                                                  std::to_string(limit));
}

/// A message that does not fit one frame, where nothing may be cut.
inline StatusMessage TooLargeForAFrame(const std::string& what, std::uint64_t size,
                                       std::uint64_t limit) {
  return Fault(wire_code::kResourceExhausted, "F-2: " + what + " of " + std::to_string(size) +
                                                  " bytes does not fit a frame of at most " +
                                                  std::to_string(limit));
}

/// A status that is too big for its frame: without its details, and with the beginning of its text
/// (C-11).
inline StatusMessage Short(StatusMessage status) {
  constexpr std::size_t kShortText = 512;
  status.details.clear();
  if (status.message.size() > kShortText) {
    std::size_t end = kShortText;
    while (end > 0 && (static_cast<unsigned char>(status.message[end]) & 0xC0u) == 0x80u) {
      --end;
    }
    status.message.resize(end);
  }
  return status;
}

namespace wire_code {
inline constexpr int kCancelled = 1;
}  // namespace wire_code

/// A status in words, for the text of another.
inline std::string Text(const StatusMessage& status) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  const bool known = status.code >= 0 && status.code < static_cast<int>(std::size(kNames));
  return (known ? kNames[status.code] : "code " + std::to_string(status.code)) + ": " +
         status.message;
}

}  // namespace parley

#endif  // PARLEY_CONNECTION_FAULT_H_
