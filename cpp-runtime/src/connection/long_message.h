#ifndef PARLEY_CONNECTION_LONG_MESSAGE_H_
#define PARLEY_CONNECTION_LONG_MESSAGE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "connection/spare_bytes.h"
#include "parley/connection/outgoing_message.h"
#include "parley/wire/limits.h"

namespace parley {

/// A message that is long enough to be encoded before the connection's lock is taken, by the thread
/// that sends it: nobody else waits for that then. A short one is encoded in its turn, straight to
/// where it is written from.
class LongMessage {
 public:
  /// From so many bytes on, which fit no frame, a message is long.
  static constexpr std::size_t kLeast = limits::kFragment;

  static bool IsLong(const OutgoingMessage& message) { return message.size >= kLeast; }

  /// @param spare what it is encoded in
  explicit LongMessage(SpareBytes& spare) : spare_(spare) {}

  /// Encodes a message; false when it no longer has the size that it said.
  bool Encode(const OutgoingMessage& message) {
    bytes_ = spare_.Take();
    bytes_.resize(message.size);
    encoded_ = message.WriteTo(bytes_.data());
    view_ = bytes_;
    return encoded_;
  }

  /// Whether the bytes are here.
  bool encoded() const { return encoded_; }

  /// The message as it is to be sent now: these bytes, if they are here. Lives as long as this.
  OutgoingMessage Or(const OutgoingMessage& message) const {
    return encoded_ ? OutgoingMessage::OfBytes(view_) : message;
  }

  /// Gives the bytes of a message, which it encodes if they are not here; false as Encode.
  bool Take(const OutgoingMessage& message, std::string& bytes) {
    if (!encoded_ && !Encode(message)) {
      return false;
    }
    encoded_ = false;
    bytes = std::move(bytes_);
    return true;
  }

 private:
  SpareBytes& spare_;
  std::string bytes_;
  std::string_view view_;
  bool encoded_ = false;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_LONG_MESSAGE_H_
