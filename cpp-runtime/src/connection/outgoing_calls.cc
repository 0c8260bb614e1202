#include "connection/outgoing_calls.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "connection/fault.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {
namespace {

const std::vector<MetadataField> kNoMetadata;

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
    std::lock_guard<std::mutex> lock(mutex_);
    const bool queues = HasQueued() || !outbox_.HasRoom();
    fault = RefusalOf(request);
    if (!fault.has_value()) {
      fault = SizeFaultOf(request, queues ? limits::kMaxId : next_id_);
    }
    if (!fault.has_value() && !(queues ? Queue(call, request) : Stage(call, request))) {
      fault = Fault(wire_code::kInvalidArgument, "the request changed while it was written");
    }
    if (!fault.has_value() && keeps_deadline && request.deadline.has_value()) {
      const Timers::Ticket ticket = timers_.At(*request.deadline, [this, call] {
        Leave(*call, Fault(wire_code::kDeadlineExceeded, "the time-out passed"));
        flush_();
      });
      call->timer_when_ = ticket.when;
      call->timer_number_ = ticket.number;
    }
  }
  if (fault.has_value()) {
    call->Failed(*fault, Outcome::kNotSent, kNoMetadata);
  }
}

std::optional<StatusMessage> OutgoingCalls::RefusalOf(const OutgoingRequest& request) const {
  if (refusal_.has_value()) {
    return refusal_;
  }
  if (in_flight() >= max_calls_) {
    return Fault(wire_code::kUnavailable, "C-5: " + std::to_string(in_flight()) +
                                              " calls are in flight, as many as the peer takes");
  }
  if (request.deadline.has_value() && *request.deadline <= timers_.Now()) {
    return Fault(wire_code::kDeadlineExceeded, "C-7: the time-out passed before the call was sent");
  }
  if (next_id_ + 2 * in_flight() > limits::kMaxId) {
    return Fault(wire_code::kUnavailable, "C-1: the ids of this connection are used up");
  }
  return std::nullopt;
}

std::optional<StatusMessage> OutgoingCalls::SizeFaultOf(const OutgoingRequest& request,
                                                        std::uint64_t id) const {
  const std::size_t size = request.message.size;
  if (size > max_message_) {
    return TooLarge("request", size, max_message_);
  }
  if (HeadSize(HeadOf(request, id), size) + size - limits::kFrameLength > max_frame_) {
    return TooLargeForAFrame("request", size, max_frame_);
  }
  return std::nullopt;
}

Envelope OutgoingCalls::HeadOf(const OutgoingRequest& request, std::uint64_t id) const {
  Envelope head;
  head.type = FrameType::kRequest;
  head.id = id;
  head.name = request.method;
  head.metadata = request.metadata;
  if (request.deadline.has_value()) {
    head.timeout_us = MicrosLeft(*request.deadline - timers_.Now());
  }
  return head;
}

bool OutgoingCalls::Stage(const std::shared_ptr<OutgoingCall>& call,
                          const OutgoingRequest& request) {
  const std::uint64_t first_byte = outbox_.position();
  if (!outbox_.Append(HeadOf(request, next_id_), request.message)) {
    return false;
  }
  call->id_ = next_id_;
  call->first_byte_ = first_byte;
  call->state_ = OutgoingCall::State::kWaiting;
  table_.Put(next_id_, call);
  next_id_ += 2;
  return true;
}

bool OutgoingCalls::Queue(const std::shared_ptr<OutgoingCall>& call,
                          const OutgoingRequest& request) {
  Queued queued;
  queued.message.resize(request.message.size);
  if (!request.message.WriteTo(queued.message.data())) {
    return false;
  }
  queued.call = call;
  queued.method = request.method;
  for (const MetadataField& field : request.metadata) {
    queued.metadata.emplace_back(field.key, field.value);
  }
  queued.deadline = request.deadline;
  call->state_ = OutgoingCall::State::kQueued;
  queued_.push_back(std::move(queued));
  return true;
}

void OutgoingCalls::StageQueued() {
  while (!queued_.empty() && !refusal_.has_value() && outbox_.HasRoom()) {
    const Queued& next = queued_.front();
    if (next.deadline.has_value() && *next.deadline <= timers_.Now()) {
      late_.splice(late_.end(), queued_, queued_.begin());
      continue;
    }
    const std::string_view message = next.message;
    OutgoingRequest request;
    request.method = next.method;
    request.message = OutgoingMessage::OfBytes(message);
    for (const auto& [key, value] : next.metadata) {
      request.metadata.push_back({key, value});
    }
    request.deadline = next.deadline;
    Stage(next.call, request);
    queued_.pop_front();
  }
}

std::list<OutgoingCalls::Queued> OutgoingCalls::Withdraw(const OutgoingCall& call) {
  std::list<Queued> taken;
  for (std::list<Queued>* calls : {&queued_, &late_}) {
    const auto place = std::find_if(calls->begin(), calls->end(), [&call](const Queued& queued) {
      return queued.call.get() == &call;
    });
    if (place != calls->end()) {
      taken.splice(taken.end(), *calls, place);
    }
  }
  return taken;
}

std::vector<std::shared_ptr<OutgoingCall>> OutgoingCalls::WithdrawAll() {
  std::vector<std::shared_ptr<OutgoingCall>> all;
  for (std::list<Queued>* calls : {&queued_, &late_}) {
    for (Queued& queued : *calls) {
      queued.call->state_ = OutgoingCall::State::kEnded;
      all.push_back(std::move(queued.call));
    }
    calls->clear();
  }
  return all;
}

bool OutgoingCalls::Leave(OutgoingCall& call, const StatusMessage& why) {
  bool unsent = false;
  // What is taken back may be held by the queue alone.
  std::list<Queued> dropped;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (call.state_ == OutgoingCall::State::kQueued) {
      call.state_ = OutgoingCall::State::kEnded;
      dropped = Withdraw(call);
      unsent = true;
    } else if (call.state_ == OutgoingCall::State::kWaiting) {
      call.state_ = OutgoingCall::State::kLeft;
      Envelope cancel;
      cancel.type = FrameType::kCancel;
      cancel.id = call.id_;
      outbox_.Append(cancel);
    } else {
      return false;
    }
  }
  call.Failed(why, unsent ? Outcome::kNotSent : Outcome::kUnknown, kNoMetadata);
  if (unsent) {
    DropTimer(call);
  }
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

void OutgoingCalls::Refuse(const StatusMessage& why) { refusal_ = why; }

void OutgoingCalls::GoAway(std::uint64_t last_id, const StatusMessage& why) {
  std::vector<std::shared_ptr<OutgoingCall>> above;
  std::vector<std::shared_ptr<OutgoingCall>> left;
  std::vector<std::shared_ptr<OutgoingCall>> unsent;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    refusal_ = why;
    go_away_id_ = std::min(go_away_id_, last_id);
    above = table_.RemoveAbove(go_away_id_);
    left = End(above);
    unsent = WithdrawAll();
  }
  FailUnsent(unsent, why);
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
  std::vector<std::shared_ptr<OutgoingCall>> unsent;
  std::vector<Outcome> outcomes;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    refusal_ = why;
    unsent = WithdrawAll();
    cut = table_.RemoveAbove(0);
    left = End(cut);
    for (const std::shared_ptr<OutgoingCall>& call : cut) {
      outcomes.push_back(all_sent || outbox_.WasSent(call->first_byte_) ? Outcome::kUnknown
                                                                        : Outcome::kNotSent);
    }
  }
  FailUnsent(unsent, why);
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

void OutgoingCalls::FailUnsent(const std::vector<std::shared_ptr<OutgoingCall>>& calls,
                               const StatusMessage& why) {
  for (const std::shared_ptr<OutgoingCall>& call : calls) {
    DropTimer(*call);
    call->Failed(why, Outcome::kNotSent, kNoMetadata);
  }
}

void OutgoingCalls::DropTimer(const OutgoingCall& call) {
  if (call.timer_number_ != 0) {
    timers_.Cancel({call.timer_when_, call.timer_number_});
  }
}

}  // namespace parley
