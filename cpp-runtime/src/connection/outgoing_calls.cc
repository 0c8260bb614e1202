#include "connection/outgoing_calls.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "connection/fault.h"
#include "connection/long_message.h"
#include "connection/outgoing_streams.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {
namespace {

const std::vector<MetadataField> kNoMetadata;

}  // namespace

OutgoingCall::~OutgoingCall() = default;

void OutgoingCall::Message(const Envelope&, std::uint64_t) {}

void OutgoingCall::Sendable() {}

OutgoingCalls::OutgoingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, HeldBytes& held,
                             Side side, const Settings& settings, std::function<void()> flush)
    : mutex_(mutex),
      outbox_(outbox),
      timers_(timers),
      held_(held),
      side_(side),
      settings_(settings),
      flush_(std::move(flush)),
      requests_(outbox, timers, side,
                {[this](const std::shared_ptr<OutgoingCall>& call) { Opened(call); },
                 [this](OutgoingCall& call) { Whole(call); }}),
      refusal_(Fault(wire_code::kUnavailable, "H-1: the handshake is not done")) {}

OutgoingCalls::~OutgoingCalls() = default;

void OutgoingCalls::Open(const HelloMessage& peer, bool streams) {
  std::lock_guard<std::mutex> lock(mutex_);
  max_calls_ = peer.max_calls;
  requests_.Open(peer, streams);
  max_message_ = peer.max_message;
  window_ = peer.window;
  streams_ = streams;
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
  LongMessage early(outbox_.spare());
  if (!fault.has_value() && LongMessage::IsLong(request.message) &&
      !early.Encode(request.message)) {
    fault = Fault(wire_code::kInvalidArgument, "the request changed while it was written");
  }
  if (!fault.has_value()) {
    std::lock_guard<std::mutex> lock(mutex_);
    fault = RefusalOf(request);
    if (!fault.has_value()) {
      fault = SizeFaultOf(request);
    }
    if (!fault.has_value() && (request.client_streams || request.server_streams)) {
      call->streams_ = std::make_shared<OutgoingStreams>();
      call->streams_->client_streams = request.client_streams;
      call->streams_->server_streams = request.server_streams;
    }
    if (!fault.has_value() && !requests_.Send(call, request, early)) {
      fault = Fault(wire_code::kInvalidArgument, "the request changed while it was written");
    }
    if (!fault.has_value() && keeps_deadline) {
      call->attended_ = false;
      unattended_.fetch_add(1);
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
  if (!streams_ && (request.client_streams || request.server_streams)) {
    return Fault(wire_code::kUnimplemented, "H-3: " + std::string(request.method) +
                                                " streams, which is above the level agreed");
  }
  if (in_flight() >= max_calls_) {
    return Fault(wire_code::kUnavailable, "C-5: " + std::to_string(in_flight()) +
                                              " calls are in flight, as many as the peer takes");
  }
  if (request.deadline.has_value() && *request.deadline <= timers_.Now()) {
    return Fault(wire_code::kDeadlineExceeded, "C-7: the time-out passed before the call was sent");
  }
  if (requests_.next_id() + 2 * in_flight() > limits::kMaxId) {
    return Fault(wire_code::kUnavailable, "C-1: the ids of this connection are used up");
  }
  return std::nullopt;
}

std::optional<StatusMessage> OutgoingCalls::SizeFaultOf(const OutgoingRequest& request) const {
  const std::size_t size = request.message.size;
  if (size > max_message_) {
    return TooLarge("request", size, max_message_);
  }
  if (!streams_ && !requests_.FitsOneFrame(request)) {
    return TooLargeForAFrame("request", size, requests_.frame_limit());
  }
  return std::nullopt;
}

void OutgoingCalls::Opened(const std::shared_ptr<OutgoingCall>& call) {
  table_.Put(call->id_, call);
  if (call->streams_ != nullptr && call->streams_->server_streams) {
    call->streams_->receiver = std::make_unique<MessageReceiver>(
        outbox_, held_, call->id_, settings_.window, settings_.max_message);
  }
}

void OutgoingCalls::Whole(OutgoingCall& call) {
  call.state_ = OutgoingCall::State::kWaiting;
  OutgoingStreams* streams = call.streams_.get();
  if (streams == nullptr || !streams->client_streams) {
    return;
  }
  const std::weak_ptr<OutgoingCall> held = table_.Share(call.id_);
  const auto sendable = [held] {
    if (const std::shared_ptr<OutgoingCall> alive = held.lock()) {
      alive->Sendable();
    }
  };
  streams->sender = std::make_shared<MessageSender>(outbox_, call.id_, window_,
                                                    requests_.frame_limit(), sendable);
  if (streams->end_asked) {
    streams->sender->End();
  } else if (streams->room_awaited) {
    outbox_.Later(sendable);
  }
}

Offer OutgoingCalls::Try(const std::shared_ptr<OutgoingCall>& call,
                         const OutgoingMessage& message) {
  LongMessage early(outbox_.spare());
  if (LongMessage::IsLong(message) && Takes(*call, message) && !early.Encode(message)) {
    return Offer::kChanged;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  OutgoingStreams* streams = call->streams_.get();
  switch (call->state_) {
    case OutgoingCall::State::kQueued:
    case OutgoingCall::State::kSending:
      streams->room_awaited = true;
      return Offer::kNoRoom;
    case OutgoingCall::State::kWaiting:
      break;
    case OutgoingCall::State::kIdle:
    case OutgoingCall::State::kLeft:
    case OutgoingCall::State::kEnded:
      return Offer::kOver;
  }
  if (streams == nullptr || streams->sender == nullptr) {
    return Offer::kOver;
  }
  if (message.size > max_message_) {
    // Before the call is left, no END may make the rest look like the whole.
    streams->sender->Stop();
    // It tells the call, which may hold a lock.
    outbox_.Later([this, call, fault = TooLarge("message", message.size, max_message_)] {
      Leave(*call, fault);
      flush_();
    });
    return Offer::kOver;
  }
  return streams->sender->Try(message, early);
}

bool OutgoingCalls::Takes(const OutgoingCall& call, const OutgoingMessage& message) {
  std::lock_guard<std::mutex> lock(mutex_);
  const OutgoingStreams* streams = call.streams_.get();
  return streams != nullptr && streams->sender != nullptr && streams->sender->HasRoom() &&
         message.size <= max_message_;
}

void OutgoingCalls::FinishSending(OutgoingCall& call) {
  std::lock_guard<std::mutex> lock(mutex_);
  OutgoingStreams* streams = call.streams_.get();
  if (streams == nullptr) {
    return;
  }
  if (streams->sender != nullptr) {
    streams->sender->End();
  } else {
    streams->end_asked = true;
  }
}

void OutgoingCalls::Consumed(OutgoingCall& call, std::uint64_t cost) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (call.streams_ != nullptr && call.streams_->receiver != nullptr) {
    call.streams_->receiver->Consumed(cost);
  }
}

void OutgoingCalls::StopSending(OutgoingCall& call) {
  if (call.state_ == OutgoingCall::State::kSending) {
    requests_.Withdraw(call);
    call.state_ = OutgoingCall::State::kWaiting;
  }
  if (call.streams_ != nullptr && call.streams_->sender != nullptr) {
    call.streams_->sender->Stop();
  }
}

void OutgoingCalls::Attend(OutgoingCall& call) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!call.attended_) {
    CountAttended(call);
    awaited_.store(std::min(awaited_.load() + 1, kAwaited));
  }
}

void OutgoingCalls::CountAttended(OutgoingCall& call) {
  if (!call.attended_) {
    call.attended_ = true;
    unattended_.fetch_sub(1);
  }
}

void OutgoingCalls::Release(OutgoingCall& call) {
  if (!call.attended_) {
    CountAttended(call);
    awaited_.store(0);
  }
  requests_.Withdraw(call);
  OutgoingStreams* streams = call.streams_.get();
  if (streams == nullptr) {
    return;
  }
  if (streams->sender != nullptr) {
    streams->sender->Stop();
  }
  if (streams->receiver != nullptr) {
    streams->receiver->End();
  }
  if (streams->answer.has_value()) {
    streams->answer->Drop();
    streams->answer.reset();
  }
}

bool OutgoingCalls::Leave(OutgoingCall& call, const StatusMessage& why) {
  bool unsent = false;
  // What is taken back may be held by the queue alone.
  std::shared_ptr<OutgoingCall> dropped;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (call.state_ == OutgoingCall::State::kQueued) {
      call.state_ = OutgoingCall::State::kEnded;
      dropped = requests_.Withdraw(call);
      CountAttended(call);
      unsent = true;
    } else if (call.state_ == OutgoingCall::State::kWaiting ||
               call.state_ == OutgoingCall::State::kSending) {
      call.state_ = OutgoingCall::State::kLeft;
      Release(call);
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

bool OutgoingCalls::TakesCalls() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return !refusal_.has_value();
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
    above = table_.RemoveIf([this](std::uint64_t id, const OutgoingCall& call) {
      return id > go_away_id_ && !(call.streams_ != nullptr && call.streams_->answer.has_value());
    });
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
    cut = table_.RemoveAll();
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
  for (const auto* ended : {&calls, &left}) {
    for (const std::shared_ptr<OutgoingCall>& call : *ended) {
      call->state_ = OutgoingCall::State::kEnded;
      Release(*call);
    }
  }
  return left;
}

std::vector<std::shared_ptr<OutgoingCall>> OutgoingCalls::WithdrawAll() {
  std::vector<std::shared_ptr<OutgoingCall>> calls = requests_.WithdrawAll();
  for (const std::shared_ptr<OutgoingCall>& call : calls) {
    CountAttended(*call);
  }
  return calls;
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
