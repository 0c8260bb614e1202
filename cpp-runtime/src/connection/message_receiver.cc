#include "connection/message_receiver.h"

#include <utility>

namespace parley {

MessageReceiver::MessageReceiver(Outbox& outbox, HeldBytes& held, std::uint64_t id,
                                 std::uint64_t window, std::uint64_t max_message)
    : outbox_(outbox), held_(held), id_(id), max_message_(max_message), window_(window) {}

std::optional<StatusMessage> MessageReceiver::Arrived(Envelope& frame, std::string& whole,
                                                      std::uint64_t& cost) {
  if (cost_ == 0 && frame.more) {
    sent_by_ = frame.sent_by;
    missed_ = frame.missed;
  }
  cost_ += window_.Arrived(frame.payload.size(), cost_ == 0,
                           [this] { return "a MESSAGE of call " + std::to_string(id_); });
  if (!assembly_.has_value() && frame.more) {
    assembly_.emplace("message", max_message_, held_);
  }
  std::optional<StatusMessage> fault;
  if (assembly_.has_value()) {
    fault = assembly_->Add(frame.payload);
  } else if (frame.payload.size() > max_message_) {
    fault = TooLarge("message", frame.payload.size(), max_message_);
  }
  if (fault.has_value() || frame.more) {
    return fault;
  }
  if (assembly_.has_value()) {
    whole = assembly_->Finish();
    assembly_.reset();
    frame.payload = whole;
    frame.sent_by = sent_by_;
    frame.missed = missed_;
  }
  cost = std::exchange(cost_, 0);
  fault = held_.Take(cost);
  if (!fault.has_value()) {
    holds_ += cost;
  }
  return fault;
}

void MessageReceiver::Consumed(std::uint64_t cost) {
  if (ended_) {
    return;
  }
  holds_ -= cost;
  held_.Give(cost);
  // Every message costs something, so nothing waits where nothing is held.
  const std::uint64_t grant = window_.Consumed(cost, holds_ == 0);
  if (grant > 0) {
    Envelope credit;
    credit.type = FrameType::kCredit;
    credit.id = id_;
    credit.credit = grant;
    outbox_.Append(credit);
  }
}

void MessageReceiver::End() {
  if (ended_) {
    return;
  }
  ended_ = true;
  held_.Give(holds_);
  if (assembly_.has_value()) {
    assembly_->Drop();
    assembly_.reset();
  }
}

}  // namespace parley
