#ifndef PARLEY_WIRE_FRAME_READER_H_
#define PARLEY_WIRE_FRAME_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "parley/export.h"
#include "parley/wire/envelope.h"
#include "parley/wire/limits.h"

namespace parley {

/// The receiving half of the framing: takes bytes as they come, gives envelopes.
///
///     0                   1                   2                   3
///    +---------------+---------------+---------------+---------------+
///    |                 length N, unsigned, big-endian                |
///    +---------------+---------------+---------------+---------------+
///    |                 N bytes: one Envelope ...
///
/// The buffer grows with the bytes that have arrived, at most twofold, never to a claimed length.
/// Not thread-safe: whoever holds the reading role uses it.
///
///     FrameReader::Space space = reader.Room();
///     reader.Filled(link.Read(space.data, space.size).count);
///     while (reader.Next(envelope)) ...
class PARLEY_EXPORT FrameReader {
 public:
  /// Where to put bytes.
  struct Space {
    char* data;
    std::size_t size;
  };

  /// @param limit the largest frame accepted, F-2
  explicit FrameReader(std::uint32_t limit = limits::kFirstFrame);
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  /// Sets the limit for the frames that `Next` has not yet given: the own `max_frame` once the
  /// peer's HELLO was read.
  void SetLimit(std::uint32_t limit) { limit_ = limit; }
  std::uint32_t limit() const { return limit_; }

  /// Room for at least one more byte. Ends the life of the views of the last envelope.
  Space Room();

  /// Says how many bytes were put into the room.
  void Filled(std::size_t count);

  /// Takes the next whole frame. Returns false when it is not there yet. The views of `envelope`
  /// live until `Room` or `Release`.
  /// @throws WireError F-2, F-5, F-7, F-8, F-9; the reader is then of no more use
  bool Next(Envelope& envelope);

  /// The size of the last frame that `Next` gave, its length prefix included.
  std::size_t frame_size() const { return frame_size_; }

  /// Tells whether a frame has begun and is not whole (F-4, G-4). Meaningful after `Next` returned
  /// false.
  bool InFrame() const { return end_ > begin_; }

  /// Gives the buffer back when nothing is in it: called when the connection falls idle.
  void Release();

  /// Bytes of memory held.
  std::size_t capacity() const { return capacity_; }

 private:
  std::uint32_t limit_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t frame_size_ = 0;
};

}  // namespace parley

#endif  // PARLEY_WIRE_FRAME_READER_H_
