#include "parley/wire/frame_reader.h"

#include <algorithm>
#include <cstring>

#include "parley/wire/wire_error.h"

namespace parley {

namespace {

// The first buffer: many small frames, and the largest that may come before HELLO.
constexpr std::size_t kLeastCapacity = 16'384 + limits::kFrameLength;

std::uint32_t BigEndian(const char* bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes);
  return static_cast<std::uint32_t>(at[0]) << 24 | static_cast<std::uint32_t>(at[1]) << 16 |
         static_cast<std::uint32_t>(at[2]) << 8 | at[3];
}

// What a wrong length may be: the start of another protocol.
const char* Guess(const char* bytes) {
  static constexpr const char* kHttp[] = {"GET ", "POST", "PUT ", "HEAD", "DELE",
                                          "OPTI", "PATC", "CONN", "TRAC", "PRI "};
  for (const char* start : kHttp) {
    if (std::memcmp(bytes, start, 4) == 0) return "HTTP";
  }
  if (std::memcmp(bytes, "HTTP", 4) == 0) return "HTTP";
  if (std::memcmp(bytes, "SSH-", 4) == 0) return "SSH";
  if (bytes[0] == 0x16 && bytes[1] == 0x03) return "TLS";
  return nullptr;
}

}  // namespace

FrameReader::FrameReader(std::uint32_t limit) : limit_(limit) {}

FrameReader::~FrameReader() = default;

FrameReader::Space FrameReader::Room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (capacity_ - end_ < begin_) {
    // Moving gains more room than there is.
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == capacity_) {
    // Full of one unfinished frame, or not there yet. Twice what has arrived, whatever is claimed.
    const std::size_t capacity = std::max(kLeastCapacity, 2 * capacity_);
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (end_ > 0) std::memcpy(larger.get(), buffer_.get(), end_);
    buffer_ = std::move(larger);
    capacity_ = capacity;
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

void FrameReader::Filled(std::size_t count) { end_ += count; }

bool FrameReader::Next(Envelope& envelope) {
  const std::size_t there = end_ - begin_;
  if (there < limits::kFrameLength) return false;
  const char* const frame = buffer_.get() + begin_;
  const std::uint32_t length = BigEndian(frame);
  if (length == 0) throw WireError("F-2", wire_code::kInternal, "frame of 0 bytes");
  if (length > limit_) {
    std::string text = "frame of " + std::to_string(length) + " bytes is over the limit of " +
                       std::to_string(limit_);
    if (const char* guess = Guess(frame)) text += std::string("; this looks like ") + guess;
    throw WireError("F-2", wire_code::kResourceExhausted, text);
  }
  if (there - limits::kFrameLength < length) return false;
  begin_ += limits::kFrameLength + length;
  frame_size_ = limits::kFrameLength + length;
  DecodeEnvelope(std::string_view(frame + limits::kFrameLength, length), envelope);
  CheckReceived(envelope);
  return true;
}

void FrameReader::Release() {
  if (begin_ != end_) return;
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace parley
