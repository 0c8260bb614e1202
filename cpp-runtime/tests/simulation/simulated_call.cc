#include "simulation/simulated_call.h"

#include <utility>

namespace parley::simulation {
namespace {

constexpr int kCancelled = 1;
constexpr int kDeadlineExceeded = 4;
constexpr int kResourceExhausted = 8;

StatusMessage Why(int code, const char* text) {
  StatusMessage status;
  status.code = code;
  status.message = text;
  return status;
}

}  // namespace

SimulatedCall::SimulatedCall(World& world, SimulatedSide& caller, const CallScript& script)
    : world_(world),
      caller_(caller),
      script_(script),
      producer_(world_, script_, "caller", script_.requests,
                {[this](const OutgoingMessage& message) {
                   return caller_.connection().Try(shared_from_this(), message);
                 },
                 [this] { caller_.connection().Flush(); },
                 [this] { caller_.connection().FinishSending(*this); },
                 [this](std::int64_t nanos, void (Producer::*then)()) {
                   world_.After(nanos,
                                [self = shared_from_this(), then] { (self->producer_.*then)(); });
                 }}),
      consumer_(world_, script_, "callee", script_.replies,
                {[this](std::uint64_t cost) { caller_.connection().Consumed(*this, cost); },
                 [this](std::int64_t nanos, std::function<void()> then) {
                   world_.After(nanos,
                                [self = shared_from_this(), then = std::move(then)] { then(); });
                 }}) {}

void SimulatedCall::Start() {
  const std::string payload =
      script_.caller_streams ? "" : Payload(script_.nonce, "caller", 0, script_.requests[0]);
  const std::string method = script_.Method();
  const std::string_view message = payload;
  OutgoingRequest request;
  request.method = method;
  request.message = OutgoingMessage::OfBytes(message);
  request.client_streams = script_.caller_streams;
  request.server_streams = script_.callee_streams;
  // Half of the callers keep their deadlines themselves, as those who wait do.
  const bool keeps_deadline = script_.nonce % 2 == 0;
  if (script_.timeout > 0) {
    request.deadline = world_.now() + script_.timeout;
    if (!keeps_deadline) {
      planned_.push_back(world_.At(*request.deadline, [self = shared_from_this()] {
        self->Leave(kDeadlineExceeded, "the time-out passed");
      }));
    }
  }
  if (script_.cancel_after >= 0) {
    planned_.push_back(world_.After(script_.cancel_after, [self = shared_from_this()] {
      self->Leave(kCancelled, "taken back");
    }));
  }
  caller_.connection().StartCall(shared_from_this(), request, keeps_deadline);
  if (script_.caller_streams) {
    producer_.Go();
  }
}

void SimulatedCall::Leave(int code, const char* text) {
  const bool left = caller_.connection().LeaveCall(*this, Why(code, text));
  Check(!left || ended_, "was left and does not know");
}

void SimulatedCall::Message(const Envelope& message, std::uint64_t cost) {
  Check(!ended_, "gets a message after its end");
  Check(ran_, "gets a message and did not run");
  consumer_.Message(message, cost);
  caller_.CalledOut();
}

void SimulatedCall::Sendable() {
  producer_.Sendable();
  caller_.CalledOut();
}

void SimulatedCall::Succeeded(const Envelope& response) {
  End("SUCCESS");
  success_ = true;
  Check(returned_ && script_.answer == Answer::kReply, "has a reply that nobody gave");
  if (script_.callee_streams) {
    Check(consumer_.IsWhole(), "has lost a message of its callee's");
    Check(response.payload.empty(), "has a reply beside its stream");
  } else {
    Check(response.payload == Payload(script_.nonce, "callee", 0, script_.replies[0]),
          "has another's reply, or a part of its own");
  }
  caller_.CalledOut();
}

void SimulatedCall::Failed(const StatusMessage& status, Outcome outcome,
                           const std::vector<MetadataField>&) {
  End(std::string(OutcomeName(outcome)) + ", " + std::to_string(status.code) + " \"" +
      status.message + "\"");
  why_ = status;
  outcome_ = outcome;
  switch (outcome) {
    case Outcome::kReplied: {
      const bool scripted = script_.answer == Answer::kFail && status.code == script_.code;
      const bool too_large = script_.answer != Answer::kReject &&
                             status.code == kResourceExhausted && script_.RepliesMayBeTooLarge();
      const bool late = script_.timeout > 0 && status.code == kDeadlineExceeded;
      Check(ran_, "was answered and did not run");
      Check(scripted || too_large || late, "has an answer of nobody's");
      break;
    }
    case Outcome::kNotSent:
      Check(!ran_, "ran");
      Check(!caller_.tap().Requested(script_.Method()), "was sent");
      break;
    case Outcome::kRejected:
      Check(!ran_, "ran");
      Check(consumer_.arrived() == 0, "was rejected after a message");
      break;
    case Outcome::kUnknown:
      break;
  }
  caller_.CalledOut();
}

void SimulatedCall::End(const std::string& how) {
  world_.Tell(caller_.name() + ": " + Line() + " ends " + how);
  Check(!ended_, "ends twice");
  ended_ = true;
  caller_.Ended();
  for (const World::Key& event : planned_) {
    world_.TakeBack(event);
  }
}

void SimulatedCall::Arrived(const Envelope& request) {
  Check(!arrived_, "arrived twice");
  arrived_ = true;
  Check(
      request.payload ==
          (script_.caller_streams ? "" : Payload(script_.nonce, "caller", 0, script_.requests[0])),
      "arrived with another's request, or a part of its own");
}

void SimulatedCall::Runs() {
  Check(!ran_, "runs twice");
  ran_ = true;
  Check(outcome_ != Outcome::kNotSent && outcome_ != Outcome::kRejected, "runs after all");
}

std::string SimulatedCall::Line() const { return "call " + std::to_string(script_.nonce); }

void SimulatedCall::Check(bool holds, const char* what) const {
  if (!holds) {
    world_.Check(false, Line() + " " + what);
  }
}

}  // namespace parley::simulation
