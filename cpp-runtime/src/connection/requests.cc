#include "connection/requests.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "connection/pieces.h"
#include "parley/wire/limits.h"

namespace parley {
namespace {

std::uint64_t MicrosLeft(std::int64_t nanos) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, nanos / 1000));
}

}  // namespace

/// A call that waits for room, or for its next turn, with all that its frames need.
class Requests::Queued final : public Outbox::Turn {
 public:
  Queued(Requests& requests, std::shared_ptr<OutgoingCall> call, const OutgoingRequest& request,
         std::string message)
      : requests_(requests),
        call_(std::move(call)),
        method_(request.method),
        message_(std::move(message)),
        request_(request) {
    request_.method = method_;
    for (const MetadataField& field : request.metadata) {
      metadata_.emplace_back(field.key, field.value);
    }
    request_.metadata.clear();
    for (const auto& [key, value] : metadata_) {
      request_.metadata.push_back({key, value});
    }
  }

  const std::shared_ptr<OutgoingCall>& call() const { return call_; }

  bool Stage() override {
    if (call_->state_ == OutgoingCall::State::kQueued) {
      if (request_.deadline.has_value() && *request_.deadline <= requests_.timers_.Now()) {
        return false;  // Not sent (C-7): whoever keeps its deadline ends it.
      }
      const std::string_view message = message_;
      request_.message = OutgoingMessage::OfBytes(message);
      const auto self = std::find_if(
          requests_.queued_.begin(), requests_.queued_.end(),
          [this](const std::shared_ptr<Queued>& queued) { return queued.get() == this; });
      if (requests_.FitsOneFrame(request_)) {
        requests_.Stage(call_, request_);
        requests_.queued_.erase(self);
        return false;
      }
      requests_.TakeId(call_, requests_.outbox_.position());
      pieces_.emplace(std::move(message_));
      requests_.sending_.splice(requests_.sending_.end(), requests_.queued_, self);
    }
    if (call_->state_ != OutgoingCall::State::kSending) {
      return false;
    }
    Envelope head;
    if (pieces_->begun()) {
      head.type = FrameType::kRequest;
      head.id = call_->id_;
    } else {
      head = requests_.HeadOf(request_, call_->id_);
    }
    if (!pieces_->Append(requests_.outbox_, head, requests_.frame_limit_).last) {
      return true;
    }
    requests_.steps_.whole(*call_);
    requests_.sending_.remove_if(
        [this](const std::shared_ptr<Queued>& queued) { return queued.get() == this; });
    return false;
  }

 private:
  Requests& requests_;
  const std::shared_ptr<OutgoingCall> call_;
  const std::string method_;
  std::string message_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  OutgoingRequest request_;
  std::optional<Pieces> pieces_;
};

Requests::Requests(Outbox& outbox, Timers& timers, Side side, Steps steps)
    : outbox_(outbox),
      timers_(timers),
      steps_(std::move(steps)),
      next_id_(side == Side::kConnecting ? 1 : 2) {}

Requests::~Requests() = default;

void Requests::Open(const HelloMessage& peer, bool streams) {
  frame_limit_ = streams ? Pieces::FrameLimit(peer.max_frame) : peer.max_frame;
}

bool Requests::FitsOneFrame(const OutgoingRequest& request) const {
  // The name and the numbers of a header without metadata take fewer bytes than this.
  constexpr std::size_t kHead = 1024;
  return (request.metadata.empty() && request.message.size + kHead <= frame_limit_) ||
         Pieces::FitsOne(HeadOf(request, limits::kMaxId), request.message.size, frame_limit_);
}

Envelope Requests::HeadOf(const OutgoingRequest& request, std::uint64_t id) const {
  Envelope head;
  head.type = FrameType::kRequest;
  head.id = id;
  head.name = request.method;
  head.open = request.client_streams;
  head.metadata = request.metadata;
  if (request.deadline.has_value()) {
    head.timeout_us = MicrosLeft(*request.deadline - timers_.Now());
  }
  return head;
}

bool Requests::Send(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request,
                    LongMessage& early) {
  if (outbox_.HasRoom() && FitsOneFrame(request)) {
    return Stage(call, request);
  }
  std::string message;
  if (!early.Take(request.message, message)) {
    return false;
  }
  auto queued = std::make_shared<Queued>(*this, call, request, std::move(message));
  call->state_ = OutgoingCall::State::kQueued;
  queued_.push_back(queued);
  outbox_.Await(std::move(queued));
  return true;
}

bool Requests::Stage(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request) {
  const std::uint64_t first_byte = outbox_.position();
  if (!outbox_.Append(HeadOf(request, next_id_), request.message)) {
    return false;
  }
  TakeId(call, first_byte);
  steps_.whole(*call);
  return true;
}

void Requests::TakeId(const std::shared_ptr<OutgoingCall>& call, std::uint64_t first_byte) {
  call->id_ = next_id_;
  call->first_byte_ = first_byte;
  call->state_ = OutgoingCall::State::kSending;
  next_id_ += 2;
  steps_.opened(call);
}

std::shared_ptr<OutgoingCall> Requests::Withdraw(const OutgoingCall& call) {
  for (auto* requests : {&queued_, &sending_}) {
    const auto place = std::find_if(
        requests->begin(), requests->end(),
        [&call](const std::shared_ptr<Queued>& queued) { return queued->call().get() == &call; });
    if (place != requests->end()) {
      std::shared_ptr<OutgoingCall> taken = (*place)->call();
      outbox_.Withdraw(place->get());
      requests->erase(place);
      return taken;
    }
  }
  return nullptr;
}

std::vector<std::shared_ptr<OutgoingCall>> Requests::WithdrawAll() {
  std::vector<std::shared_ptr<OutgoingCall>> all;
  for (const std::shared_ptr<Queued>& queued : queued_) {
    outbox_.Withdraw(queued.get());
    queued->call()->state_ = OutgoingCall::State::kEnded;
    all.push_back(queued->call());
  }
  queued_.clear();
  return all;
}

}  // namespace parley
