#ifndef PARLEY_TESTS_CONNECTION_FRAMES_H_
#define PARLEY_TESTS_CONNECTION_FRAMES_H_

#include <cstdint>
#include <string>
#include <utility>

#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"

namespace parley {

/// A frame to play, as values.
struct Frame {
  FrameType type = FrameType::kUnspecified;
  std::uint64_t id = 0;
  std::string name;
  std::string payload;
  bool success = false;
  bool open = false;
  bool more = false;
  std::uint64_t timeout_us = 0;
  std::uint64_t credit = 0;
  std::string sent_by;

  std::string Bytes() const {
    Envelope envelope;
    envelope.type = type;
    envelope.id = id;
    envelope.name = name;
    envelope.payload = payload;
    envelope.success = success;
    envelope.open = open;
    envelope.more = more;
    envelope.timeout_us = timeout_us;
    envelope.credit = credit;
    envelope.sent_by = sent_by;
    std::string bytes;
    AppendFrame(envelope, bytes);
    return bytes;
  }

  /// The same with `more`: a part that others follow.
  Frame AndMore() const {
    Frame part = *this;
    part.more = true;
    return part;
  }
};

inline Frame Hello(std::uint32_t level = 1, std::uint32_t max_calls = 0) {
  HelloMessage hello;
  hello.level = level;
  hello.max_calls = max_calls;
  Frame frame;
  frame.type = FrameType::kHello;
  frame.sent_by = "script";
  frame.payload = Encode(hello);
  return frame;
}

inline Frame Request(std::uint64_t id, std::string payload = "q") {
  Frame frame;
  frame.type = FrameType::kRequest;
  frame.id = id;
  frame.name = "a.B/C";
  frame.payload = std::move(payload);
  return frame;
}

inline Frame Of(FrameType type, std::uint64_t id = 0, std::string payload = "") {
  Frame frame;
  frame.type = type;
  frame.id = id;
  frame.payload = std::move(payload);
  return frame;
}

inline Frame Reply(std::uint64_t id, std::string payload = "r") {
  Frame frame = Of(FrameType::kResponse, id, std::move(payload));
  frame.success = true;
  return frame;
}

/// A HELLO of level 2 with that window.
inline Frame StreamingHello(std::uint64_t window, std::uint64_t max_message = 0) {
  HelloMessage hello;
  hello.level = 2;
  hello.window = window;
  hello.max_message = max_message;
  Frame frame = Hello();
  frame.payload = Encode(hello);
  return frame;
}

/// A REQUEST whose messages follow.
inline Frame OpenRequest(std::uint64_t id) {
  Frame frame = Request(id, "");
  frame.open = true;
  return frame;
}

inline Frame Message(std::uint64_t id, std::string payload) {
  return Of(FrameType::kMessage, id, std::move(payload));
}

/// A part of a REQUEST behind its first one.
inline Frame Continuation(std::uint64_t id, std::string payload) {
  return Of(FrameType::kRequest, id, std::move(payload));
}

inline Frame Credit(std::uint64_t id, std::uint64_t bytes) {
  Frame frame = Of(FrameType::kCredit, id);
  frame.credit = bytes;
  return frame;
}

inline Frame Failure(std::uint64_t id, const StatusMessage& status) {
  return Of(FrameType::kResponse, id, Encode(status));
}

}  // namespace parley

#endif  // PARLEY_TESTS_CONNECTION_FRAMES_H_
