#include "connection/outgoing_calls.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string>
#include <utility>

#include "connection/fault.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {
namespace {

const std::vector<MetadataField> kNoMetadata;

// So that the clock's own arithmetic does not overflow; the wait is in a loop.
constexpr std::chrono::nanoseconds kLongestWait = std::chrono::hours(24);

std::uint64_t MicrosLeft(std::int64_t nanos) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, nanos / 1000));
}

}  // namespace

OutgoingCall::~OutgoingCall() = default;

OutgoingCalls::OutgoingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, Side side,
                             std::function<void()> flush)
    : mutex_(mutex),
      outbox_(outbox),
      timers_(timers),
      side_(side),
      flush_(std::move(flush)),
      next_id_(side == Side::kConnecting ? 1 : 2),
      refusal_(Fault(wire_code::kUnavailable, "H-1: the handshake is not done")) {}

void OutgoingCalls::Open(std::uint32_t max_calls, std::uint32_t max_frame,
                         std::uint64_t max_message) {
  std::lock_guard<std::mutex> lock(mutex_);
  max_calls_ = max_calls;
  max_frame_ = max_frame;
  max_message_ = max_message;
  refusal_.reset();
}

std::optional<StatusMessage> OutgoingCalls::FaultOf(const OutgoingRequest& request) const {
  Envelope head;
  head.type = FrameType::kRequest;
  head.name = request.method;
  head.metadata = request.metadata;
  try {
    CheckSent(head);
  } catch (const WireError& error) {
    return Fault(error.code(), error.what());
  }
  if (request.method.empty()) {
    return Fault(wire_code::kInvalidArgument, "C-6: a call needs the name of a method");
  }
  return std::nullopt;
}

void OutgoingCalls::Start(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request,
                          bool keeps_deadline) {
  std::optional<StatusMessage> fault = FaultOf(request);
  if (!fault.has_value()) {
    std::unique_lock<std::mutex> lock(mutex_);
    fault = AwaitTurn(lock, request);
    if (!fault.has_value()) {
      fault = Stage(call, request, keeps_deadline);
    }
  }
  if (fault.has_value()) {
    call->Failed(*fault, Outcome::kNotSent, kNoMetadata);
  }
}

std::optional<StatusMessage> OutgoingCalls::AwaitTurn(std::unique_lock<std::mutex>& lock,
                                                      const OutgoingRequest& request) {
  for (;;) {
    if (refusal_.has_value()) {
      return refusal_;
    }
    if (table_.size() >= max_calls_) {
      return Fault(wire_code::kUnavailable, "C-5: " + std::to_string(table_.size()) +
                                                " calls are in flight, as many as the peer takes");
    }
    std::int64_t left = 0;
    if (request.deadline.has_value()) {
      left = *request.deadline - timers_.Now();
      if (left <= 0) {
        return Fault(wire_code::kDeadlineExceeded,
                     "C-7: the time-out passed before the call was sent");
      }
    }
    if (outbox_.HasRoom()) {
      return std::nullopt;
    }
    ++waiting_for_room_;
    if (request.deadline.has_value()) {
      room_.wait_for(lock, std::min(std::chrono::nanoseconds(left), kLongestWait));
    } else {
      room_.wait(lock);
    }
    --waiting_for_room_;
  }
}

std::optional<StatusMessage> OutgoingCalls::Stage(const std::shared_ptr<OutgoingCall>& call,
                                                  const OutgoingRequest& request,
                                                  bool keeps_deadline) {
  if (next_id_ > limits::kMaxId) {
    return Fault(wire_code::kUnavailable, "C-1: the ids of this connection are used up");
  }
  if (request.message.size > max_message_) {
    return Fault(wire_code::kResourceExhausted,
                 "C-11: request of " + std::to_string(request.message.size) +
                     " bytes is over the limit of " + std::to_string(max_message_));
  }
  Envelope head;
  head.type = FrameType::kRequest;
  head.id = next_id_;
  head.name = request.method;
  head.metadata = request.metadata;
  if (request.deadline.has_value()) {
    head.timeout_us = MicrosLeft(*request.deadline - timers_.Now());
  }
  const std::size_t frame =
      HeadSize(head, request.message.size) + request.message.size - limits::kFrameLength;
  if (frame > max_frame_) {
    return Fault(wire_code::kResourceExhausted, "F-2: frame of " + std::to_string(frame) +
                                                    " bytes is over the peer's limit of " +
                                                    std::to_string(max_frame_));
  }
  const std::uint64_t first_byte = outbox_.position();
  if (!outbox_.Append(head, request.message)) {
    return Fault(wire_code::kInvalidArgument, "the request changed while it was written");
  }
  call->id_ = next_id_;
  call->first_byte_ = first_byte;
  call->state_ = OutgoingCall::State::kWaiting;
  table_.Put(next_id_, call);
  next_id_ += 2;
  if (keeps_deadline && request.deadline.has_value()) {
    const Timers::Ticket ticket = timers_.At(*request.deadline, [this, call] {
      Leave(*call, Fault(wire_code::kDeadlineExceeded, "the time-out passed"));
      flush_();
    });
    call->timer_when_ = ticket.when;
    call->timer_number_ = ticket.number;
  }
  return std::nullopt;
}

bool OutgoingCalls::Leave(OutgoingCall& call, const StatusMessage& why) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (call.state_ != OutgoingCall::State::kWaiting) {
      return false;
    }
    call.state_ = OutgoingCall::State::kLeft;
    Envelope cancel;
    cancel.type = FrameType::kCancel;
    cancel.id = call.id_;
    outbox_.Append(cancel);
  }
  call.Failed(why, Outcome::kUnknown, kNoMetadata);
  return true;
}

void OutgoingCalls::CheckOpened(const Envelope& envelope) const {
  const bool ours = (envelope.id & 1) == (side_ == Side::kConnecting ? 1u : 0u);
  if (!ours || envelope.id == 0 || envelope.id >= next_id_) {
    throw WireError("C-2", wire_code::kInternal,
                    ToString(envelope.type) + " for call " + std::to_string(envelope.id) +
                        ", which this side never opened");
  }
}

void OutgoingCalls::Response(const Envelope& response) {
  std::shared_ptr<OutgoingCall> call;
  bool left = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    CheckOpened(response);
    if (response.more) {
      // Above our level (H-3): the call fails, its slot waits for the last part.
      call = table_.Share(response.id);
    } else {
      call = table_.Remove(response.id);
      if (call == nullptr) {
        return;
      }
      left = call->state_ == OutgoingCall::State::kLeft;
      call->state_ = OutgoingCall::State::kEnded;
      if (waiting_for_room_ > 0) {
        room_.notify_all();
      }
    }
  }
  if (response.more) {
    if (call != nullptr) {
      Leave(*call, Fault(wire_code::kInternal, "H-3: the reply came in parts, above the level"));
    }
    return;
  }
  DropTimer(*call);
  if (left) {
    return;
  }
  if (response.success) {
    call->Succeeded(response);
    return;
  }
  StatusMessage status;
  DecodeStatus(response.payload, status);
  call->Failed(status, status.not_run ? Outcome::kRejected : Outcome::kReplied, response.metadata);
}

void OutgoingCalls::Refuse(const StatusMessage& why) {
  refusal_ = why;
  room_.notify_all();
}

void OutgoingCalls::GoAway(std::uint64_t last_id, const StatusMessage& why) {
  std::vector<std::shared_ptr<OutgoingCall>> above;
  std::vector<std::shared_ptr<OutgoingCall>> left;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    refusal_ = why;
    go_away_id_ = std::min(go_away_id_, last_id);
    above = table_.RemoveAbove(go_away_id_);
    room_.notify_all();
    left = End(above);
  }
  for (const std::shared_ptr<OutgoingCall>& call : left) {
    DropTimer(*call);
  }
  for (const std::shared_ptr<OutgoingCall>& call : above) {
    DropTimer(*call);
    call->Failed(why, Outcome::kRejected, kNoMetadata);
  }
}

void OutgoingCalls::Lost(const StatusMessage& why, bool all_sent) {
  std::vector<std::shared_ptr<OutgoingCall>> cut;
  std::vector<std::shared_ptr<OutgoingCall>> left;
  std::vector<Outcome> outcomes;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    refusal_ = why;
    room_.notify_all();
    cut = table_.RemoveAbove(0);
    left = End(cut);
    for (const std::shared_ptr<OutgoingCall>& call : cut) {
      outcomes.push_back(all_sent || outbox_.WasSent(call->first_byte_) ? Outcome::kUnknown
                                                                        : Outcome::kNotSent);
    }
  }
  for (const std::shared_ptr<OutgoingCall>& call : left) {
    DropTimer(*call);
  }
  for (std::size_t i = 0; i < cut.size(); ++i) {
    DropTimer(*cut[i]);
    cut[i]->Failed(why, outcomes[i], kNoMetadata);
  }
}

std::vector<std::shared_ptr<OutgoingCall>> OutgoingCalls::End(
    std::vector<std::shared_ptr<OutgoingCall>>& calls) {
  const auto middle = std::stable_partition(calls.begin(), calls.end(),
                                            [](const std::shared_ptr<OutgoingCall>& call) {
                                              return call->state_ != OutgoingCall::State::kLeft;
                                            });
  std::vector<std::shared_ptr<OutgoingCall>> left(std::make_move_iterator(middle),
                                                  std::make_move_iterator(calls.end()));
  calls.erase(middle, calls.end());
  for (const std::shared_ptr<OutgoingCall>& call : calls) {
    call->state_ = OutgoingCall::State::kEnded;
  }
  for (const std::shared_ptr<OutgoingCall>& call : left) {
    call->state_ = OutgoingCall::State::kEnded;
  }
  return left;
}

void OutgoingCalls::DropTimer(const OutgoingCall& call) {
  if (call.timer_number_ != 0) {
    timers_.Cancel({call.timer_when_, call.timer_number_});
  }
}

}  // namespace parley
