#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "connection/connection.h"
#include "connection/fault.h"
#include "parley/wire/limits.h"

// How a connection begins: who the peer is, and the two HELLOs.

namespace parley {

void Connection::Begin(std::unique_ptr<Seat> seat) {
  const LoopHold hold(*this);
  seat_ = std::move(seat);
  const bool trusted = settings_.Wants(credentials_.uid);
  if (side_ == Side::kConnecting) {
    if (!trusted) {
      may_return_ = false;
      End(Fault(wire_code::kPermissionDenied,
                "H-4: the server's user is " + std::to_string(credentials_.uid) + ", wanted " +
                    std::to_string(::geteuid()) + " or 0 (peer " + peer_ + ")"));
      return;
    }
    SetTimer(phase_timer_, settings_.handshake_timeout - settings_.handshake_spent,
             &Connection::HandshakeLate);
    seat_->AwaitReadable(true);
    SayHello();
    Flush();
    return;
  }
  if (!trusted) {
    reads_nothing_ = true;
    CloseWith(Fault(wire_code::kPermissionDenied,
                    "H-4: user " + std::to_string(credentials_.uid) + " is not let in"));
    return;
  }
  SetTimer(phase_timer_, settings_.handshake_timeout, &Connection::HandshakeLate);
  seat_->AwaitReadable(true);
}

void Connection::SayHello() {
  HelloMessage hello;
  hello.version = limits::kVersion;
  hello.min_version = limits::kVersion;
  hello.level = Settings::kLevel;
  hello.max_frame = settings_.max_frame;
  hello.max_message = settings_.max_message;
  hello.window = settings_.window;
  hello.max_calls = settings_.max_calls;
  hello.payload = settings_.payload;
  const std::string payload = Encode(hello);
  Envelope head;
  head.type = FrameType::kHello;
  head.sent_by = settings_.name;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    outbox_.Append(head, OutgoingMessage::OfBytes(payload));
  }
}

void Connection::HandleFirst(const Envelope& frame) {
  if (frame.type == FrameType::kGoAway) {
    PeerGoesAway(frame);
    return;
  }
  if (unanswered_.has_value()) {
    throw WireError("H-1", wire_code::kInternal,
                    ToString(frame.type) + " came before HELLO was answered");
  }
  if (frame.type != FrameType::kHello) {
    throw WireError("H-1", wire_code::kInternal,
                    "the first frame is " + ToString(frame.type) + ", wanted HELLO");
  }
  Hello(frame);
}

void Connection::Hello(const Envelope& frame) {
  // It would say the same again (H-2).
  may_return_ = false;
  HelloMessage hello = DecodeHello(frame.payload);
  if (frame.sent_by.empty()) {
    throw WireError("H-2", wire_code::kInternal, "HELLO without a name in sent_by");
  }
  may_return_ = true;
  claimed_ = frame.sent_by;
  if (side_ == Side::kAccepting) {
    peer_ = claimed_;
    const std::optional<Refusal> refusal = receiver_->Admit(peer_, hello);
    if (refusal.has_value()) {
      CloseWith(refusal->why, refusal->for_good);
      return;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      outbox_.SetPeer(peer_);
    }
    unanswered_ = std::move(hello);
    return;
  }
  // Who was dialled goes on being called so, whatever it claims.
  unanswered_ = std::move(hello);
  Answer();
}

void Connection::Answer() {
  const HelloMessage hello = std::move(*unanswered_);
  unanswered_.reset();
  if (state() != State::kHandshake) {
    return;
  }
  timers_->Cancel(phase_timer_);
  reader_.SetLimit(settings_.max_frame);
  if (side_ == Side::kAccepting) {
    SayHello();
  }
  const std::uint32_t level = std::min(hello.level, Settings::kLevel);
  outgoing_.Open(hello, level >= 2);
  incoming_.Open(hello, level >= 2);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    level_ = level;
    events_.Open(level >= 2, hello.window);
    max_frame_ = hello.max_frame;
    max_message_ = hello.max_message;
    state_ = State::kOpen;
  }
  if (settings_.keepalive.has_value()) {
    keepalive_.Heard(timers_->Now());
    SetTimer(keepalive_timer_, settings_.keepalive->silence, &Connection::LookForLife);
  }
  receiver_->Opened(claimed_, hello);
}

}  // namespace parley
