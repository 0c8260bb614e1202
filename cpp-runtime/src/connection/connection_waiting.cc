#include <sched.h>

#include "connection/connection.h"
#include "connection/fault.h"
#include "connection/step_aside.h"
#include "parley/transport/transport_error.h"

// How threads that wait for a reply read the connection themselves, and who reads when they have
// gone.

namespace parley {
namespace {

// How often a waiting thread gives way before it sleeps, while others read.
constexpr int kYields = 16;
// Callers that come back within this time leave the descriptor to the loop's ticks: having it
// waited for again costs a system call each way.
constexpr std::int64_t kDense = 500'000;

}  // namespace

void Connection::Await(OutgoingCall* call, Waiter& waiter,
                       const std::optional<std::int64_t>& until) {
  if (call != nullptr) {
    outgoing_.Attend(*call);
  }
  // What is waited for may hang on what a job of the loop has left to be flushed.
  Flush();
  int yields = 0;
  while (!waiter.IsOver()) {
    if (until.has_value() && timers_->Now() >= *until) {
      break;
    }
    if (busy_poll() > 0 && IsOpen()) {
      if (wanted_ || !reading_.Take(Reading::Role::kCaller)) {
        if (wanted_ || yields < kYields) {
          ++yields;
          ::sched_yield();
        } else {
          StepAside();
          reading_.Park(waiter, until);
        }
        continue;
      }
      if (ReadAsCaller(waiter, until)) {
        continue;
      }
    }
    // Nothing comes for long, or others are to read: the loop wakes this thread.
    StepAside();
    sleeping_.fetch_add(1);
    Settle();
    waiter.Park(until);
    sleeping_.fetch_sub(1);
  }
  // This may have been called to read, and have had no need to.
  reading_.CallNext();
}

bool Connection::ReadAsCaller(const Waiter& waiter, const std::optional<std::int64_t>& until) {
  const bool awaits_more = PollAsCaller(waiter, until);
  HandBack();
  return awaits_more;
}

bool Connection::PollAsCaller(const Waiter& waiter, const std::optional<std::int64_t>& until) {
  std::int64_t now = timers_->Now();
  // Twice the time that a loop polls: so a caller still sees the reply of a peer that had to be
  // woken, and both stay awake from then on.
  if (waiter.IsOver()) {
    return true;
  }
  if (fault_.has_value() || end_seen_ || !caller_poll_.Begin(now, 2 * busy_poll())) {
    return false;
  }
  ++caller_turns_;
  if (caller_poll_.shares_core()) {
    BusyPoll::GiveWay();
  }
  for (;;) {
    if (armed_ && !seat_->IsInJobHere()) {
      Disarm();
    }
    const Round round = ReadOnce();
    if (round == Round::kEnd || fault_.has_value()) {
      // What follows is for the loop.
      end_seen_ = true;
      return false;
    }
    if (round != Round::kDry) {
      Flush();
    }
    now = timers_->Now();
    if (waiter.IsOver()) {
      caller_poll_.Found(now);
      return true;
    }
    if (wanted_ || (until.has_value() && now >= *until)) {
      caller_poll_.Leave();
      return true;
    }
    if (round != Round::kDry) {
      caller_poll_.Found(now);
    } else if (!caller_poll_.Pause(now)) {
      return false;
    }
  }
}

void Connection::HandBack() {
  WatchFrame();
  const std::int64_t now = timers_->Now();
  const bool dense = now - left_at_ < kDense;
  left_at_ = now;
  if (fault_.has_value()) {
    InLoop([](Connection& self) { self.Complain(); });
  }
  if (!armed_) {
    if (NeedsLoop() || !(dense || reading_.HasParked())) {
      if (!dense) {
        Rest();
      }
      Arm();
    } else if (!ticks_) {
      ticks_ = true;
      seat_->Tick();
    }
  }
  reading_.Release();
  reading_.CallNext();
  Settle();
}

void Connection::Arm() {
  armed_ = true;
  try {
    seat_->AwaitReadable(true);
  } catch (const TransportError& error) {
    // Nothing would ever wake it.
    Abort(Fault(wire_code::kUnavailable, error.what()));
  }
}

void Connection::Disarm() {
  armed_ = false;
  seat_->AwaitReadable(false);
}

bool Connection::NeedsLoop() const {
  return sleeping_.load() > 0 || outgoing_.unattended() > 0 || incoming_.serves() ||
         state() != State::kOpen;
}

void Connection::Settle() {
  while (!armed_.load() && NeedsLoop() && reading_.Take(Reading::Role::kCaller)) {
    if (!armed_.load()) {
      Arm();
    }
    reading_.Release();
    reading_.CallNext();
  }
}

bool Connection::Tick() {
  if (!reading_.Take(Reading::Role::kLoop)) {
    return !reading_.IsOver();
  }
  if (caller_turns_ != ticked_turns_) {
    ticked_turns_ = caller_turns_;
    ReadInLoop();
  } else {
    ticks_ = false;
    Rest();
    if (!armed_) {
      Arm();
    }
  }
  const bool again = ticks_;
  if (!reading_.IsOver()) {
    reading_.Release();
    reading_.CallNext();
    Settle();
  }
  return again;
}

}  // namespace parley
