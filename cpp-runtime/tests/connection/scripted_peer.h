#ifndef PARLEY_TESTS_CONNECTION_SCRIPTED_PEER_H_
#define PARLEY_TESTS_CONNECTION_SCRIPTED_PEER_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection/connection.h"
#include "parley/wire/messages.h"

namespace parley {

/// A clock that is turned by hand.
class ManualTimers final : public Timers {
 public:
  std::int64_t Now() const override { return now_; }
  Ticket At(std::int64_t when, std::function<void()> task) override {
    return queue_.Add(when, std::move(task));
  }
  void Cancel(const Ticket& ticket) override { queue_.Cancel(ticket); }

  void Advance(std::chrono::nanoseconds time) {
    now_ += time.count();
    queue_.RunDue(now_);
  }
  bool empty() const { return !queue_.Next().has_value(); }

 private:
  std::int64_t now_ = 1'000'000'000;
  TimerQueue queue_;
};

/// What passes between the connection and the script.
struct Wire {
  std::string to_connection;
  bool ended = false;
  std::string from_connection;
  std::size_t room = SIZE_MAX;
  bool broken = false;
  bool write_shut = false;
  bool closed = false;
  std::size_t reads = 0;
  /// Runs once inside the next write, after the peer has got its bytes.
  std::function<void()> during_write;
};

/// A link whose other end is a script.
class ScriptedLink final : public Link {
 public:
  ScriptedLink(std::shared_ptr<Wire> wire, Credentials credentials)
      : wire_(std::move(wire)), credentials_(credentials) {}

  Transfer Read(char* data, std::size_t size) override {
    ++wire_->reads;
    if (wire_->to_connection.empty()) {
      return {wire_->ended ? Transfer::State::kEnd : Transfer::State::kWouldBlock};
    }
    const std::size_t count = std::min(size, wire_->to_connection.size());
    std::memcpy(data, wire_->to_connection.data(), count);
    wire_->to_connection.erase(0, count);
    return {Transfer::State::kDone, count};
  }

  Transfer Write(const char* data, std::size_t size) override {
    if (wire_->broken) return {Transfer::State::kEnd};
    const std::size_t count = std::min(size, wire_->room);
    if (count == 0) return {Transfer::State::kWouldBlock};
    wire_->from_connection.append(data, count);
    if (wire_->room != SIZE_MAX) wire_->room -= count;
    if (wire_->during_write) std::exchange(wire_->during_write, nullptr)();
    return {Transfer::State::kDone, count};
  }

  void ShutdownWrite() override { wire_->write_shut = true; }
  void ShutdownBoth() override { wire_->ended = true; }
  void Close() override { wire_->closed = true; }
  int descriptor() const override { return -1; }
  const Credentials& credentials() const override { return credentials_; }

 private:
  const std::shared_ptr<Wire> wire_;
  const Credentials credentials_;
};

/// How a call of the connection ended.
class RecordedCall final : public OutgoingCall {
 public:
  void Succeeded(const Envelope& response) override {
    ++ends;
    reply = std::string(response.payload);
  }
  void Failed(const StatusMessage& why, Outcome how, const std::vector<MetadataField>&) override {
    ++ends;
    status = why;
    outcome = how;
  }

  int ends = 0;
  std::optional<std::string> reply;
  StatusMessage status;
  std::optional<Outcome> outcome;
};

/// Takes what arrives, and keeps it for the test.
class RecordingReceiver final : public Receiver {
 public:
  std::optional<StatusMessage> Admit(const std::string&, const HelloMessage&) override {
    return refusal;
  }
  void Opened(const std::string& name, const HelloMessage&) override { opened = name; }
  void Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request) override {
    calls.push_back(call);
    payloads.emplace_back(request.payload);
    if (answers) {
      ASSERT_TRUE(call->Begin());
      call->Reply(OutgoingMessage::OfBytes(request.payload), {});
    }
  }
  void Event(const Envelope& event) override { events.emplace_back(event.payload); }
  void Closed(const StatusMessage& why) override { closed = why; }

  bool answers = false;
  std::optional<StatusMessage> refusal;
  std::optional<std::string> opened;
  std::optional<StatusMessage> closed;
  std::vector<std::shared_ptr<IncomingCall>> calls;
  std::vector<std::string> payloads;
  std::vector<std::string> events;
};

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
    envelope.sent_by = sent_by;
    std::string bytes;
    AppendFrame(envelope, bytes);
    return bytes;
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

/// A connection and the script that plays its peer, its loop and its clock: frames in, frames out,
/// without socket, thread or wait.
class Script {
 public:
  explicit Script(Side side, Settings settings = Named("us"),
                  Credentials credentials = {1, ::geteuid(), 0})
      : wire(std::make_shared<Wire>()),
        timers(std::make_shared<ManualTimers>()),
        receiver(std::make_shared<RecordingReceiver>()),
        connection(std::make_shared<Connection>(side,
                                                std::make_unique<ScriptedLink>(wire, credentials),
                                                settings, timers, receiver, "peer")) {
    connection->Begin(std::make_unique<ScriptedSeat>(*this));
    Settle();
  }

  ~Script() {
    wire->ended = true;
    wire->broken = true;
    Turn();
    timers->Advance(std::chrono::hours(24));
    EXPECT_TRUE(wire->closed) << "the connection did not end";
    EXPECT_TRUE(timers->empty()) << "a timer was left behind";
  }

  static Settings Named(std::string name) {
    Settings settings;
    settings.name = std::move(name);
    return settings;
  }

  /// Shakes hands and forgets the frames of it.
  void Open(const Frame& hello = Hello()) {
    Play(hello);
    ASSERT_EQ(Take().type, FrameType::kHello);
    ASSERT_TRUE(receiver->opened.has_value());
  }

  void Play(const Frame& frame) { PlayBytes(frame.Bytes()); }
  void PlayBytes(const std::string& bytes) {
    wire->to_connection += bytes;
    Turn();
  }

  /// The peer ends its stream.
  void HangUp() {
    wire->ended = true;
    Turn();
  }

  /// The loop finds the descriptor readable, as long as there is something.
  void Turn() {
    std::size_t before = 0;
    do {
      before = wire->to_connection.size();
      connection->Ready(true, false);
      Settle();
    } while (!wire->closed && wire->to_connection.size() < before);
  }

  /// The loop finds the socket writable.
  void MakeRoom(std::size_t room = SIZE_MAX) {
    wire->room = room;
    if (waits_to_write) connection->Ready(false, true);
    Settle();
  }

  void Advance(std::chrono::nanoseconds time) {
    timers->Advance(time);
    Settle();
  }

  void Settle() {
    while (!tasks.empty()) {
      const std::function<void()> task = std::move(tasks.front());
      tasks.pop_front();
      task();
    }
  }

  /// The next frame that the connection has written.
  Frame Take() {
    std::string& bytes = wire->from_connection;
    if (bytes.size() < 4) {
      ADD_FAILURE() << "no frame was written";
      return Frame();
    }
    std::size_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
    if (bytes.size() < 4 + size) {
      ADD_FAILURE() << "half a frame was written";
      return Frame();
    }
    Envelope envelope;
    DecodeEnvelope(std::string_view(bytes).substr(4, size), envelope);
    Frame frame;
    frame.type = envelope.type;
    frame.id = envelope.id;
    frame.name = std::string(envelope.name);
    frame.payload = std::string(envelope.payload);
    frame.success = envelope.success;
    frame.timeout_us = envelope.timeout_us;
    frame.sent_by = std::string(envelope.sent_by);
    bytes.erase(0, 4 + size);
    return frame;
  }

  bool Silent() const { return wire->from_connection.empty(); }

  /// The next frame must be a failing RESPONSE; its status.
  StatusMessage TakeFailure(std::uint64_t id) {
    const Frame frame = Take();
    EXPECT_EQ(frame.type, FrameType::kResponse);
    EXPECT_EQ(frame.id, id);
    EXPECT_FALSE(frame.success);
    StatusMessage status;
    EXPECT_TRUE(DecodeStatus(frame.payload, status));
    return status;
  }

  /// The next frame must be GOAWAY with a status of that rule, and writing must be shut.
  void ExpectClose(const std::string& rule, int code = 13) {
    const Frame frame = Take();
    EXPECT_EQ(frame.type, FrameType::kGoAway);
    GoAwayMessage go_away;
    EXPECT_TRUE(DecodeGoAway(frame.payload, go_away));
    EXPECT_EQ(go_away.status.message.substr(0, rule.size() + 1), rule + ":")
        << go_away.status.message;
    EXPECT_EQ(go_away.status.code, code) << go_away.status.message;
    EXPECT_TRUE(Silent());
    EXPECT_TRUE(wire->write_shut || wire->closed);
  }

  /// A call of the connection.
  std::shared_ptr<RecordedCall> Call(std::string_view payload = "q",
                                     std::optional<std::chrono::nanoseconds> timeout = {}) {
    auto call = std::make_shared<RecordedCall>();
    OutgoingRequest request;
    request.method = "a.B/C";
    request.message = OutgoingMessage::OfBytes(payload);
    if (timeout.has_value()) request.deadline = timers->Now() + timeout->count();
    connection->StartCall(call, request, true);
    Settle();
    return call;
  }

  const std::shared_ptr<Wire> wire;
  const std::shared_ptr<ManualTimers> timers;
  const std::shared_ptr<RecordingReceiver> receiver;
  std::deque<std::function<void()>> tasks;
  bool waits_to_write = false;
  const std::shared_ptr<Connection> connection;

 private:
  class ScriptedSeat final : public Seat {
   public:
    explicit ScriptedSeat(Script& script) : script_(script) {}
    void Await(Interest interest) override {
      script_.waits_to_write = interest == Interest::kBoth || interest == Interest::kWrite;
    }
    void Run(std::function<void()> task) override { script_.tasks.push_back(std::move(task)); }
    void Vacate() override {}

   private:
    Script& script_;
  };
};

}  // namespace parley

#endif  // PARLEY_TESTS_CONNECTION_SCRIPTED_PEER_H_
