#include <chrono>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "connection/connection.h"
#include "connection/fault.h"
#include "parley/connection/wire_log_sink.h"
#include "parley/wire/limits.h"

// What the holder of the reading role does, and how the loop gets it.

namespace parley {
namespace {

// How often one readiness is read before others have their turn.
constexpr int kRounds = 16;
// A reader's memory that a busy connection keeps between two reads.
constexpr std::size_t kKeep = 64u << 10;

}  // namespace

Connection::LoopHold::LoopHold(Connection& connection) : connection_(connection) {
  while (!connection.reading_.IsOver()) {
    if (connection.reading_.Take(Reading::Role::kLoop)) {
      held_ = true;
      break;
    }
    // Said again each time, since another one who held it may have taken it back.
    connection.wanted_ = true;
    std::this_thread::yield();
  }
  connection.wanted_ = false;
}

Connection::LoopHold::~LoopHold() {
  if (held_ && !connection_.reading_.IsOver()) {
    connection_.reading_.Release();
    connection_.reading_.CallNext();
    connection_.Settle();
  }
}

void Connection::InLoop(std::function<void(Connection&)> task) {
  seat_->Run([self = shared_from_this(), task = std::move(task)] {
    const LoopHold hold(*self);
    if (hold) {
      task(*self);
    }
  });
}

Connection::Seen Connection::Ready(bool readable, bool writable) {
  if (writable) {
    try {
      AfterFlush(outbox_.Resume());
      outbox_.RunLater();
    } catch (const std::bad_alloc&) {
      Failed(wire_code::kResourceExhausted, "C-11: out of memory");
    }
    // Another thread may have blocked and armed the loop between the two lines, hence the last
    // look.
    seat_->AwaitWritable(false);
    if (outbox_.IsBlocked()) {
      seat_->AwaitWritable(true);
    }
  }
  return readable ? Look() : Seen::kNothing;
}

void Connection::Failed(int code, const char* what) noexcept {
  try {
    InLoop([code, what](Connection& self) {
      self.fault_ = Fault(code, what);
      self.Complain();
    });
  } catch (const std::bad_alloc&) {
    // What is left of it ends with the next event of its socket, or with its process.
  }
}

Connection::Seen Connection::Look() {
  if (!reading_.Take(Reading::Role::kLoop)) {
    return Seen::kOthersRead;
  }
  bool something = true;
  try {
    something = ReadInLoop();
  } catch (const std::bad_alloc&) {
    fault_ = Fault(wire_code::kResourceExhausted, "C-11: out of memory");
    Complain();
  }
  if (!reading_.IsOver()) {
    reading_.Release();
    if (!armed_.load()) {
      reading_.CallNext();
      Settle();
    }
  }
  return something ? Seen::kSomething : Seen::kNothing;
}

bool Connection::ReadInLoop() {
  if (reads_nothing_ || state() == State::kEnded) {
    return false;
  }
  bool something = false;
  Round round = Round::kAgain;
  for (int i = 0; i < kRounds && round == Round::kAgain; ++i) {
    round = ReadOnce();
    something = something || round == Round::kAgain || round == Round::kLast;
    if (frames_wait_) {
      seat_->ComeAgain(*this);
      break;
    }
  }
  if (!something && round == Round::kDry) {
    return false;
  }
  Complain();
  if (unanswered_.has_value() && round != Round::kEnd) {
    Answer();
  }
  const State now = state();
  if (now != State::kGoodbye && now != State::kEnded) {
    WatchFrame();
    if (!reader_.InFrame() && reader_.capacity() > kKeep) {
      reader_.Release();
    }
  }
  if (round == Round::kEnd) {
    Flush();
    End(Fault(wire_code::kUnavailable, "G-4: the connection to " + peer_ + " was lost"));
  } else {
    FlushSoon();
  }
  return true;
}

Connection::Round Connection::ReadOnce() {
  char discarded[4096];
  const bool discards = state() == State::kGoodbye || fault_.has_value();
  try {
    if (frames_wait_) {
      frames_wait_ = false;
      Take();
      return Round::kAgain;
    }
    const FrameReader::Space room =
        discards ? FrameReader::Space{discarded, sizeof(discarded)} : reader_.Room();
    const Transfer transfer = link_->Read(room.data, room.size);
    switch (transfer.state) {
      case Transfer::State::kWouldBlock:
        return Round::kDry;
      case Transfer::State::kEnd:
      case Transfer::State::kFailed:
        return Round::kEnd;
      case Transfer::State::kDone:
        break;
    }
    if (settings_.keepalive.has_value()) {
      keepalive_.Heard(timers_->Now());
    }
    if (!discards) {
      reader_.Filled(transfer.count);
      Take();
    }
    // Less than there was room for: most likely that was all.
    return transfer.count < room.size && !unanswered_.has_value() ? Round::kLast : Round::kAgain;
  } catch (const std::bad_alloc&) {
    fault_ = Fault(wire_code::kResourceExhausted, "C-11: out of memory");
  } catch (...) {
    // A message's parser threw, say.
    fault_ = Fault(wire_code::kInternal, "the connection met an error on this side");
  }
  return Round::kLast;
}

void Connection::Take() {
  try {
    while (reader_.Next(frame_)) {
      ++frames_;
      if (WireLogSink::IsOn()) {
        WireLogSink::Write(WireLogLine(Direction::kIn, peer_, frame_, reader_.frame_size()));
      }
      const State now = state();
      if (now == State::kHandshake) {
        HandleFirst(frame_);
      } else if (now == State::kOpen || now == State::kDraining) {
        Handle(frame_);
      } else {
        return;
      }
      if (posted_) {
        posted_ = false;
        frames_wait_ = reader_.InFrame();
        return;
      }
    }
  } catch (const WireError& error) {
    fault_ = Fault(error.code(), error.what());
  }
}

void Connection::Complain() {
  const State now = state();
  if (!fault_.has_value() || now == State::kGoodbye || now == State::kEnded) {
    return;
  }
  try {
    CloseWith(*fault_);
  } catch (const std::bad_alloc&) {
    try {
      End(*fault_);
    } catch (const std::bad_alloc&) {
      // What is left of it ends with the next event of its socket, or with its process.
    }
  }
}

bool Connection::Post(const std::shared_ptr<Job>& job) {
  if (!seat_->Post(job)) {
    return false;
  }
  // By the thread that reads, then: nobody else may touch it.
  posted_ = true;
  return true;
}

void Connection::WatchFrame() {
  if (frames_wait_) {
    return;
  }
  if (!reader_.InFrame()) {
    if (watched_frame_ != UINT64_MAX) {
      watched_frame_ = UINT64_MAX;
      timers_->Cancel(frame_timer_);
    }
    return;
  }
  if (watched_frame_ == frames_) {
    return;
  }
  timers_->Cancel(frame_timer_);
  watched_frame_ = frames_;
  frame_timer_ =
      timers_->At(timers_->Now() + std::chrono::nanoseconds(limits::kFrameTime).count(),
                  [self = shared_from_this(), frames = frames_] { self->FrameLate(frames); });
}

void Connection::FrameLate(std::uint64_t frames) {
  const LoopHold hold(*this);
  const State now = state();
  if (!hold || now == State::kEnded || now == State::kGoodbye || frames_ != frames) {
    return;
  }
  // What waits to be read does not count against the peer.
  ReadInLoop();
  if (state() != State::kEnded && frames_ == frames && reader_.InFrame() && !frames_wait_) {
    CloseWith(Fault(wire_code::kDeadlineExceeded, "F-4: a frame was not whole after 30 s"));
  }
}

void Connection::Rest() {
  if (!reader_.InFrame()) {
    reader_.Release();
  }
  AfterFlush(outbox_.Rest());
}

void Connection::Cool() {
  warm_ = false;
  if (reading_.Take(Reading::Role::kLoop)) {
    Rest();
    reading_.Release();
    if (!armed_.load()) {
      reading_.CallNext();
      Settle();
    }
  }
}

}  // namespace parley
