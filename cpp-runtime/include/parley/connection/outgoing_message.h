#ifndef PARLEY_CONNECTION_OUTGOING_MESSAGE_H_
#define PARLEY_CONNECTION_OUTGOING_MESSAGE_H_

#include <cstddef>
#include <cstring>
#include <string_view>

namespace parley {

/// A message that is about to be written, whatever its type: its size, and how to write it straight
/// to where it goes. Owns nothing; lives for one call of a function.
struct OutgoingMessage {
  const void* message = nullptr;
  std::size_t size = 0;
  /// Writes exactly `size` bytes to `out`; false when the message no longer has that size.
  bool (*write)(const void* message, char* out, std::size_t size) = nullptr;

  bool WriteTo(char* out) const { return size == 0 || write(message, out, size); }

  /// Bytes as they are, such as the payload of a status.
  static OutgoingMessage OfBytes(const std::string_view& bytes) {
    return {&bytes, bytes.size(), [](const void* message, char* out, std::size_t size) {
              std::memcpy(out, static_cast<const std::string_view*>(message)->data(), size);
              return true;
            }};
  }
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTGOING_MESSAGE_H_
