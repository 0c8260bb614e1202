#include "simulation/simulated_call.h"

#include <utility>

#include "connection/incoming_call.h"

namespace parley::simulation {
namespace {

constexpr int kCancelled = 1;
constexpr int kDeadlineExceeded = 4;
constexpr int kResourceExhausted = 8;
constexpr int kUnavailable = 14;
// A reply that fits under every limit that is drawn.
constexpr std::size_t kAlwaysFits = 900;

StatusMessage Why(int code, const char* text) {
  StatusMessage status;
  status.code = code;
  status.message = text;
  return status;
}

}  // namespace

void SimulatedCall::Start() {
  const std::string payload = Payload(script_.nonce, "caller", 0, script_.request_size);
  const std::string method = script_.Method();
  const std::string_view message = payload;
  OutgoingRequest request;
  request.method = method;
  request.message = OutgoingMessage::OfBytes(message);
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
}

void SimulatedCall::Leave(int code, const char* text) {
  const bool left = caller_.connection().LeaveCall(*this, Why(code, text));
  Check(!left || ended_, "was left and does not know");
}

void SimulatedCall::Succeeded(const Envelope& response) {
  End("SUCCESS");
  success_ = true;
  Check(returned_ && script_.answer == Answer::kReply, "has a reply that nobody gave");
  Check(response.payload == Payload(script_.nonce, "callee", 0, script_.reply_size),
        "has another's reply, or a part of its own");
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
      const bool too_large = script_.answer == Answer::kReply &&
                             status.code == kResourceExhausted && script_.reply_size > kAlwaysFits;
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
  Check(request.payload == Payload(script_.nonce, "caller", 0, script_.request_size),
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

void SimulatedHandler::Take() {
  if (script_.answer == Answer::kReject) {
    call_->Refuse(kUnavailable, "no thread");
  } else {
    Later(script_.handler_waits, &SimulatedHandler::Run);
  }
}

void SimulatedHandler::Later(std::int64_t nanos, void (SimulatedHandler::*then)()) {
  world_.After(nanos, [self = shared_from_this(), then] { (self.get()->*then)(); });
}

void SimulatedHandler::Run() {
  if (!call_->Begin()) {
    return;
  }
  world_.Tell(callee_.name() + ": " + known_.Line() + " runs");
  known_.Runs();
  call_->OnStop([self = shared_from_this()] { self->Stop(); });
  if (script_.calls_back) {
    callee_.CallAtRandom();
  }
  if (script_.answer != Answer::kUntilStopped) {
    Later(script_.handler_runs, &SimulatedHandler::Return);
  } else if (stopped_) {
    Return();
  }
}

void SimulatedHandler::Stop() {
  world_.Check(!stopped_ && call_->IsStopped(), known_.Line() + " is told wrongly to stop");
  stopped_ = true;
  if (script_.answer == Answer::kUntilStopped) {
    Later(world_.Skewed(1'000'000), &SimulatedHandler::Return);
  }
  callee_.CalledOut();
}

void SimulatedHandler::Return() {
  if (answered_) {
    return;
  }
  answered_ = true;
  world_.Tell(callee_.name() + ": " + known_.Line() + " returns");
  known_.Returns();
  if (script_.answer == Answer::kReply) {
    const std::string payload = Payload(script_.nonce, "callee", 0, script_.reply_size);
    const std::string_view message = payload;
    call_->Reply(OutgoingMessage::OfBytes(message), {});
  } else {
    call_->Fail(Why(script_.code, "as scripted"), {});
  }
  call_->ForgetListeners();
}

}  // namespace parley::simulation
