#include <chrono>
#include <string>
#include <utility>

#include "connection/connection.h"
#include "connection/fault.h"
#include "connection/step_aside.h"
#include "parley/wire/limits.h"

// The ways of a connection to its end: GOAWAY of either side, a broken rule, the end of the stream.

namespace parley {
namespace {

// What a GOAWAY frame needs beside its payload.
constexpr std::size_t kHeadOfGoAway = 64;

}  // namespace

void Connection::PeerGoesAway(const Envelope& frame) {
  GoAwayMessage go_away;
  DecodeGoAway(frame.payload, go_away);
  if (go_away.no_return) {
    may_return_ = false;
  }
  const bool graceful = go_away.status.code == 0;
  StatusMessage why =
      Fault(wire_code::kUnavailable,
            graceful ? "the peer " + peer_ + " takes no more calls"
                     : "the peer " + peer_ + " closed the connection: " + Text(go_away.status));
  if (state() == State::kHandshake) {
    // A refusal: its code is the peer's answer to whoever connects.
    End(graceful ? why : go_away.status);
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    SetCause(why, graceful);
  }
  outgoing_.GoAway(frame.id, why);
}

void Connection::AppendGoAway(const StatusMessage& why, bool for_good) {
  GoAwayMessage go_away;
  go_away.status = why;
  go_away.no_return = for_good;
  std::string payload = Encode(go_away);
  if (payload.size() > limits::kFirstFrame - kHeadOfGoAway) {
    go_away.status = Short(std::move(go_away.status));
    payload = Encode(go_away);
  }
  Envelope head;
  head.type = FrameType::kGoAway;
  head.id = incoming_.StopTaking();
  outbox_.Append(head, OutgoingMessage::OfBytes(payload));
}

void Connection::SetCause(const StatusMessage& why, bool graceful) {
  if (!cause_.has_value() || (graceful_cause_ && !graceful)) {
    cause_ = why;
    graceful_cause_ = graceful;
  }
}

StatusMessage Connection::Cut() const {
  return Fault(wire_code::kUnavailable, failed_here_
                                            ? "this side closed the connection: " + Text(*cause_)
                                            : cause_->message);
}

void Connection::Close(bool for_good) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kOpen) {
      return;
    }
    state_ = State::kDraining;
    AppendGoAway(StatusMessage(), for_good);
  }
  InLoop([](Connection& self) {
    if (self.state() == State::kDraining) {
      self.SetTimer(self.phase_timer_, self.settings_.drain_timeout, &Connection::DrainLate);
    }
  });
  Flush();
}

void Connection::CloseWith(const StatusMessage& why, bool for_good) {
  StatusMessage cut;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ == State::kGoodbye || state_ == State::kEnded) {
      return;
    }
    StatusMessage cause = why;
    cause.message += " (peer " + peer_ + ")";
    SetCause(cause, false);
    failed_here_ = true;
    cut = Cut();
    state_ = State::kGoodbye;
    outgoing_.Refuse(cut);
    AppendGoAway(why, for_good);
    outbox_.Seal();
  }
  timers_->Cancel(frame_timer_);
  timers_->Cancel(keepalive_timer_);
  unanswered_.reset();
  // What is queued still goes out before GOAWAY, so no call counts as unsent.
  outgoing_.Lost(cut, true);
  incoming_.Lost(cut);
  pings_.Lost(cut);
  // One second from here to the end, whether the peer reads or not.
  lingers_ = true;
  SetTimer(phase_timer_, limits::kLinger, &Connection::LingerLate);
  Flush();
}

void Connection::Linger() {
  if (state() == State::kEnded) {
    return;
  }
  if (reads_nothing_) {
    End(Fault(wire_code::kUnavailable, "closed"));
    return;
  }
  link_->ShutdownWrite();
  if (!lingers_) {
    lingers_ = true;
    SetTimer(phase_timer_, limits::kLinger, &Connection::LingerLate);
  }
}

void Connection::CloseNow(StatusMessage why) {
  InLoop([why = std::move(why)](Connection& self) { self.CloseWith(why); });
}

void Connection::Abort(StatusMessage why) {
  InLoop([why = std::move(why)](Connection& self) { self.End(why); });
}

void Connection::Refuse(const StatusMessage& why) {
  const LoopHold hold(*this);
  if (hold) {
    CloseWith(why);
  }
}

void Connection::End(const StatusMessage& why) {
  StatusMessage cause;
  StatusMessage cut;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ == State::kEnded) {
      return;
    }
    state_ = State::kEnded;
    if (!cause_.has_value()) {
      cause_ = why;
    }
    cause = *cause_;
    cut = Cut();
  }
  timers_->Cancel(phase_timer_);
  timers_->Cancel(frame_timer_);
  timers_->Cancel(keepalive_timer_);
  outbox_.Retire();
  seat_->Vacate();
  link_->Close();
  outgoing_.Lost(cut, false);
  incoming_.Lost(cut);
  pings_.Lost(cut);
  outbox_.RunLater();
  outbox_.Forget();
  receiver_->Closed(cause);
  receiver_.reset();
  frames_wait_ = false;
  reading_.Retire();
  std::lock_guard<std::mutex> lock(mutex_);
  told_ = true;
  ended_.notify_all();
}

void Connection::AwaitEnded() {
  StepAside();
  std::unique_lock<std::mutex> lock(mutex_);
  ended_.wait(lock, [this] { return told_; });
}

void Connection::SetTimer(Timers::Ticket& ticket, std::chrono::nanoseconds delay,
                          void (Connection::*then)()) {
  timers_->Cancel(ticket);
  ticket = timers_->At(timers_->Now() + delay.count(), [self = shared_from_this(), then] {
    const LoopHold hold(*self);
    if (hold) {
      (self.get()->*then)();
    }
  });
}

void Connection::HandshakeLate() {
  if (state() == State::kHandshake) {
    const bool connecting = side_ == Side::kConnecting;
    const auto limit =
        std::chrono::duration_cast<std::chrono::milliseconds>(settings_.handshake_timeout);
    CloseWith(Fault(wire_code::kDeadlineExceeded,
                    std::string("H-5: no ") + (connecting ? "answer to HELLO" : "HELLO") +
                        " within " + std::to_string(limit.count()) + " ms"));
  }
}

void Connection::DrainLate() {
  if (state() == State::kDraining) {
    CloseWith(Fault(wire_code::kUnavailable, "G-3: calls in flight outlived the drain limit"));
  }
}

void Connection::LingerLate() { End(Fault(wire_code::kUnavailable, "G-5: closed")); }

}  // namespace parley
