#include "connection/answers.h"

#include <optional>
#include <utility>

#include "connection/fault.h"
#include "connection/pieces.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {
namespace {

// What a frame of a short status needs at most beside its metadata.
constexpr std::size_t kShortFrame = 1024;

Envelope HeadOf(std::uint64_t id, bool success, const std::vector<MetadataField>& metadata) {
  Envelope head;
  head.type = FrameType::kResponse;
  head.id = id;
  head.success = success;
  head.metadata = metadata;
  return head;
}

}  // namespace

/// A RESPONSE that waits: for its call's messages, or for its next turn.
class Answers::Waiting final : public Outbox::Turn {
 public:
  Waiting(Answers& answers, std::shared_ptr<IncomingCall> call, bool success, std::string payload,
          const std::vector<MetadataField>& metadata)
      : answers_(answers), call_(std::move(call)), success_(success), pieces_(std::move(payload)) {
    for (const MetadataField& field : metadata) {
      metadata_.emplace_back(field.key, field.value);
    }
  }

  bool Stage() override {
    if (call_->state_ == IncomingCall::State::kEnded) {
      return false;
    }
    if (call_->stop_.has_value()) {
      if (pieces_.begun()) {
        // a RESPONSE that has begun ends with one frame more.
        answers_.outbox_.Append(HeadOf(call_->id_, false, {}));
      } else {
        answers_.AppendStatus(call_->id_, *call_->stop_, {});
      }
      answers_.Ended(*call_);
      return false;
    }
    if (call_->sender_ != nullptr && call_->sender_->busy()) {
      return true;
    }
    std::vector<MetadataField> fields;
    if (!pieces_.begun()) {
      for (const auto& [key, value] : metadata_) {
        fields.push_back({key, value});
      }
    }
    const Envelope head = HeadOf(call_->id_, success_ && !pieces_.begun(), fields);
    if (!pieces_.Append(answers_.outbox_, head, answers_.frame_limit_).last) {
      return true;
    }
    answers_.Ended(*call_);
    return false;
  }

 private:
  Answers& answers_;
  const std::shared_ptr<IncomingCall> call_;
  const bool success_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  Pieces pieces_;
};

Answers::Answers(Outbox& outbox, std::uint32_t max_refusals, std::function<void(IncomingCall&)> end)
    : outbox_(outbox), max_refusals_(max_refusals), end_(std::move(end)) {}

void Answers::Open(const HelloMessage& peer, bool streams) {
  max_frame_ = peer.max_frame;
  frame_limit_ = streams ? Pieces::FrameLimit(peer.max_frame) : peer.max_frame;
  max_message_ = peer.max_message;
  streams_ = streams;
}

void Answers::Refuse(std::uint64_t id, StatusMessage why) {
  if (Unwritten(refusals_) >= max_refusals_) {
    throw WireError("C-4", wire_code::kResourceExhausted,
                    std::to_string(refusals_.size()) + " refused calls wait to be told so");
  }
  why.not_run = true;
  AppendStatus(id, std::move(why), {});
  refusals_.push_back(outbox_.position());
}

void Answers::Stopped(IncomingCall& call, StatusMessage why) {
  why.not_run = true;
  AppendStatus(call.id_, std::move(why), {});
  Ended(call);
}

void Answers::Reply(const std::shared_ptr<IncomingCall>& call, const OutgoingMessage& message,
                    LongMessage& early, const std::vector<MetadataField>& metadata) {
  const Envelope head = HeadOf(call->id_, true, metadata);
  const bool busy = call->sender_ != nullptr && call->sender_->busy();
  const bool fits = Pieces::FitsOne(head, message.size, frame_limit_);
  std::optional<StatusMessage> fault;
  if (call->stop_.has_value()) {
    fault = call->stop_;
  } else if (message.size > max_message_) {
    fault = TooLarge("reply", message.size, max_message_);
  } else if (!streams_ && !fits) {
    fault = TooLargeForAFrame("reply", message.size, max_frame_);
  } else if (outbox_.queued() + message.size > limits::kHeldBytes) {
    fault = Fault(wire_code::kResourceExhausted, "C-11: replies of " +
                                                     std::to_string(outbox_.queued()) +
                                                     " bytes wait to be written already");
  } else if (busy || !fits) {
    std::string payload;
    if (early.Take(message, payload)) {
      outbox_.Await(std::make_shared<Waiting>(*this, call, true, std::move(payload), metadata));
      return;
    }
    fault = Fault(wire_code::kInternal, "the reply changed while it was written");
  } else if (!outbox_.Append(head, early.Or(message))) {
    fault = Fault(wire_code::kInternal, "the reply changed while it was written");
  }
  if (fault.has_value()) {
    Fail(call, *std::move(fault), metadata);
    return;
  }
  Ended(*call);
}

void Answers::Fail(const std::shared_ptr<IncomingCall>& call, StatusMessage status,
                   const std::vector<MetadataField>& metadata) {
  if (call->stop_.has_value()) {
    status = *call->stop_;
  }
  if (!call->stop_.has_value() && call->sender_ != nullptr && call->sender_->busy()) {
    outbox_.Await(
        std::make_shared<Waiting>(*this, call, false, Encode(Fit(std::move(status))), metadata));
    return;
  }
  AppendStatus(call->id_, std::move(status), metadata);
  Ended(*call);
}

StatusMessage Answers::Fit(StatusMessage status) const {
  const bool fits = Encode(status).size() + kShortFrame + limits::kMetadata * 2 <= max_frame_;
  return fits ? std::move(status) : Short(std::move(status));
}

void Answers::AppendStatus(std::uint64_t id, StatusMessage status,
                           const std::vector<MetadataField>& metadata) {
  Envelope head = HeadOf(id, false, metadata);
  const std::string payload = Encode(Fit(std::move(status)));
  if (HeadSize(head, payload.size()) + payload.size() > max_frame_) {
    head.metadata.clear();
  }
  outbox_.Append(head, OutgoingMessage::OfBytes(payload));
}

void Answers::Ended(IncomingCall& call) {
  end_(call);
  unwritten_.push_back(outbox_.position());
}

std::size_t Answers::Unwritten(std::deque<std::uint64_t>& ends) const {
  while (!ends.empty() && outbox_.WasSent(ends.front() - 1)) {
    ends.pop_front();
  }
  return ends.size();
}

}  // namespace parley
