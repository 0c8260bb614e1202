#ifndef PARLEY_CONNECTION_PIECES_H_
#define PARLEY_CONNECTION_PIECES_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "connection/outbox.h"
#include "parley/wire/envelope.h"
#include "parley/wire/limits.h"

namespace parley {

/// A message that goes out in several frames (F-9): cut when a frame is about to be written, so
/// that calls take turns (F-10). Stands under the connection's lock.
class Pieces {
 public:
  /// What one frame took.
  struct Part {
    std::size_t payload;
    bool last;
  };

  explicit Pieces(std::string bytes) : bytes_(std::move(bytes)) {}

  /// The longest frame that a message is cut into for a peer that reads `max_frame`.
  static std::uint64_t FrameLimit(std::uint64_t max_frame) {
    return std::min<std::uint64_t>(max_frame, limits::kFragment);
  }

  /// Whether a message fits one frame of that limit behind `head`.
  static bool FitsOne(const Envelope& head, std::size_t size, std::uint64_t limit) {
    return HeadSize(head, size) + size - limits::kFrameLength <= limit;
  }

  /// Whether a part has been appended, so that the next frame is a continuation.
  bool begun() const { return at_ > 0; }

  /// Appends the next frame; `head` is what it carries besides: of the first one everything, of a
  /// continuation id and type.
  Part Append(Outbox& outbox, Envelope head, std::uint64_t limit) {
    const std::size_t left = bytes_.size() - at_;
    const bool last = FitsOne(head, left, limit);
    std::size_t taken = left;
    if (!last) {
      head.more = true;
      taken = static_cast<std::size_t>(limit) + limits::kFrameLength -
              HeadSize(head, static_cast<std::size_t>(limit));
    }
    const std::string_view part = std::string_view(bytes_).substr(at_, taken);
    outbox.Append(head, OutgoingMessage::OfBytes(part));
    at_ += taken;
    if (last) {
      outbox.spare().Give(std::move(bytes_));
    }
    return {taken, last};
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_PIECES_H_
