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
#include "connection/frames.h"
#include "connection/recorders.h"
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
  bool empty() const { return queue_.NextTime() == TimerQueue::kNever; }

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
    frame.open = envelope.open;
    frame.more = envelope.more;
    frame.credit = envelope.credit;
    frame.timeout_us = envelope.timeout_us;
    frame.sent_by = std::string(envelope.sent_by);
    bytes.erase(0, 4 + size);
    return frame;
  }

  /// All frames that the connection has written, none longer than F-10 recommends.
  std::vector<Frame> TakeAll() {
    std::vector<Frame> frames;
    while (!Silent()) {
      const std::size_t before = wire->from_connection.size();
      frames.push_back(Take());
      EXPECT_LE(before - wire->from_connection.size() - 4, 65'536u);
      if (wire->from_connection.size() == before) break;
    }
    return frames;
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

  /// The connection took no notice of what was played: it answers a ping, and says nothing else.
  void ExpectUndisturbed() {
    Play(Of(FrameType::kPing, 77));
    const Frame pong = Take();
    EXPECT_EQ(pong.type, FrameType::kPong) << ToString(pong.type);
    EXPECT_EQ(pong.id, 77u);
    EXPECT_TRUE(Silent());
  }

  /// The next frame must be CANCEL of that call.
  void ExpectCancel(std::uint64_t id) {
    const Frame frame = Take();
    EXPECT_EQ(frame.type, FrameType::kCancel) << ToString(frame.type);
    EXPECT_EQ(frame.id, id);
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

  /// A call of the connection that streams. Where the caller does not, its request is "q".
  std::shared_ptr<RecordedCall> Stream(bool client_streams, bool server_streams,
                                       std::optional<std::chrono::nanoseconds> timeout = {}) {
    auto call = std::make_shared<RecordedCall>();
    OutgoingRequest request;
    request.method = "a.B/C";
    request.client_streams = client_streams;
    request.server_streams = server_streams;
    const std::string_view message = client_streams ? "" : "q";
    request.message = OutgoingMessage::OfBytes(message);
    if (timeout.has_value()) request.deadline = timers->Now() + timeout->count();
    connection->StartCall(call, request, true);
    Settle();
    return call;
  }

  /// Offers a message to a call of the connection.
  Offer Try(const std::shared_ptr<RecordedCall>& call, std::string_view payload) {
    const Offer offer = connection->Try(call, OutgoingMessage::OfBytes(payload));
    connection->Flush();
    Settle();
    return offer;
  }

  /// Offers a message of the handler's.
  Offer Try(IncomingCall& call, std::string_view payload) {
    const Offer offer = call.Try(OutgoingMessage::OfBytes(payload));
    call.Flush();
    Settle();
    return offer;
  }

  /// The application gives up a call.
  bool Leave(RecordedCall& call, const std::string& why = "enough") {
    const bool left = connection->LeaveCall(call, StatusMessage{1, why, {}, false});
    Settle();
    return left;
  }

  /// The handler of the newest call of the peer starts.
  std::shared_ptr<IncomingCall> Begin() {
    const std::shared_ptr<IncomingCall> call = receiver->calls.back();
    EXPECT_TRUE(call->Begin());
    return call;
  }

  /// A handler returns.
  void Return(IncomingCall& call, std::string_view payload = "") {
    call.Reply(OutgoingMessage::OfBytes(payload), {});
    Settle();
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
    void AwaitReadable(bool) override {}
    void AwaitWritable(bool wanted) override { script_.waits_to_write = wanted; }
    void Tick() override {}
    void Run(std::function<void()> task) override { script_.tasks.push_back(std::move(task)); }
    void Vacate() override {}

   private:
    Script& script_;
  };
};

}  // namespace parley

#endif  // PARLEY_TESTS_CONNECTION_SCRIPTED_PEER_H_
