#include "simulation/simulated_handler.h"

#include <string>
#include <string_view>
#include <utility>

namespace parley::simulation {
namespace {

constexpr int kUnavailable = 14;

}  // namespace

SimulatedHandler::SimulatedHandler(World& world, SimulatedSide& callee,
                                   std::shared_ptr<IncomingCall> call, SimulatedCall& known)
    : world_(world),
      callee_(callee),
      call_(std::move(call)),
      known_(known),
      script_(known.script()),
      consumer_(world_, script_, "caller", script_.requests,
                {[this](std::uint64_t cost) {
                   call_->Consumed(cost);
                   ReturnIfDone();
                 },
                 [this](std::int64_t nanos, std::function<void()> then) {
                   world_.After(nanos,
                                [self = shared_from_this(), then = std::move(then)] { then(); });
                 }}),
      producer_(world_, script_, "callee", script_.replies,
                {[this](const OutgoingMessage& message) { return call_->Try(message); },
                 [this] { call_->Flush(); },
                 [this] {
                   produced_ = true;
                   ReturnIfDone();
                 },
                 [this](std::int64_t nanos, void (Producer::*then)()) {
                   world_.After(nanos,
                                [self = shared_from_this(), then] { (self->producer_.*then)(); });
                 }}) {}

void SimulatedHandler::Take() {
  if (script_.answer == Answer::kReject) {
    call_->Refuse(kUnavailable, "no thread");
    callee_.Done(*this);
    return;
  }
  if (script_.caller_streams) {
    call_->OnRequests(shared_from_this());
  }
  call_->OnSendable([held = weak_from_this()] {
    if (const std::shared_ptr<SimulatedHandler> self = held.lock()) {
      self->producer_.Sendable();
      self->callee_.CalledOut();
    }
  });
  Later(script_.handler_waits, &SimulatedHandler::Run);
}

void SimulatedHandler::Message(const Envelope& message, std::uint64_t cost) {
  world_.Check(!caller_ended_, known_.Line() + " gets a message after the caller's last");
  consumer_.Message(message, cost);
  callee_.CalledOut();
}

void SimulatedHandler::End() {
  world_.Check(!caller_ended_, known_.Line() + " ends twice for its callee");
  world_.Check(consumer_.IsWhole(), known_.Line() + " has lost a message of its caller's");
  caller_ended_ = true;
  Later(world_.Skewed(1'000), &SimulatedHandler::ReturnIfDone);
  callee_.CalledOut();
}

void SimulatedHandler::Later(std::int64_t nanos, void (SimulatedHandler::*then)()) {
  world_.After(nanos, [self = shared_from_this(), then] { (self.get()->*then)(); });
}

void SimulatedHandler::Run() {
  if (!call_->Begin()) {
    callee_.Done(*this);
    return;
  }
  world_.Tell(callee_.name() + ": " + known_.Line() + " runs");
  known_.Runs();
  runs_ = true;
  call_->OnStop([self = shared_from_this()] { self->Stop(); });
  if (script_.calls_back) {
    callee_.CallAtRandom();
  }
  Later(script_.handler_runs, &SimulatedHandler::RanLongEnough);
  if (script_.callee_streams) {
    producer_.Go();
  } else {
    produced_ = true;
  }
}

void SimulatedHandler::Stop() {
  world_.Check(!stopped_ && call_->IsStopped(), known_.Line() + " is told wrongly to stop");
  stopped_ = true;
  Later(world_.Skewed(1'000'000), &SimulatedHandler::ReturnIfDone);
  callee_.CalledOut();
}

void SimulatedHandler::RanLongEnough() {
  ran_long_enough_ = true;
  ReturnIfDone();
}

void SimulatedHandler::ReturnIfDone() {
  const bool heard = !script_.caller_streams || consumer_.read() >= script_.earliest ||
                     (caller_ended_ && consumer_.read() == consumer_.arrived());
  const bool done =
      ran_long_enough_ && heard && produced_ && script_.answer != Answer::kUntilStopped;
  if (runs_ && !answered_ && (done || stopped_)) {
    answered_ = true;
    Return();
  }
}

void SimulatedHandler::Return() {
  world_.Tell(callee_.name() + ": " + known_.Line() + " returns");
  known_.Returns();
  if (script_.answer == Answer::kReply) {
    const std::string payload =
        script_.callee_streams ? "" : Payload(script_.nonce, "callee", 0, script_.replies[0]);
    const std::string_view message = payload;
    call_->Reply(OutgoingMessage::OfBytes(message), {});
  } else {
    StatusMessage status;
    status.code = script_.code;
    status.message = "as scripted";
    call_->Fail(status, {});
  }
  call_->ForgetListeners();
  callee_.Done(*this);
}

}  // namespace parley::simulation
