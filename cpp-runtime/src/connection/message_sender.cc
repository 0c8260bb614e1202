#include "connection/message_sender.h"

#include <algorithm>
#include <string>
#include <utility>

#include "parley/wire/limits.h"

namespace parley {

MessageSender::MessageSender(Outbox& outbox, std::uint64_t id, std::uint64_t window,
                             std::uint64_t limit, std::function<void()> on_room)
    : outbox_(outbox),
      id_(id),
      limit_(limit),
      counted_(window < limits::kUnlimitedWindow),
      on_room_(std::move(on_room)),
      window_(static_cast<std::int64_t>(std::min<std::uint64_t>(window, INT64_MAX))) {}

Offer MessageSender::Try(const OutgoingMessage& message, LongMessage& early,
                         std::string_view sent_by, std::uint64_t missed) {
  if (over_) {
    return Offer::kOver;
  }
  if (!HasRoom()) {
    refused_ = true;
    return Offer::kNoRoom;
  }
  Envelope head = Head();
  head.sent_by = sent_by;
  head.missed = missed;
  if (outbox_.HasRoom() && Pieces::FitsOne(head, message.size, limit_)) {
    if (!outbox_.Append(head, early.Or(message))) {
      return Offer::kChanged;
    }
    Spend(message.size);
    return Offer::kTaken;
  }
  std::string bytes;
  if (!early.Take(message, bytes)) {
    return Offer::kChanged;
  }
  pieces_.emplace(std::move(bytes));
  sent_by_ = sent_by;
  missed_ = missed;
  outbox_.Await(shared_from_this());
  return Offer::kTaken;
}

void MessageSender::End() {
  if (over_) {
    return;
  }
  over_ = true;
  if (busy()) {
    end_waits_ = true;
  } else {
    AppendEnd();
  }
}

void MessageSender::Stop() {
  over_ = true;
  end_waits_ = false;
  if (busy()) {
    pieces_.reset();
    outbox_.Withdraw(this);
  }
  TellRoom();
}

void MessageSender::Grant(std::uint64_t bytes) {
  if (!counted_) {
    return;
  }
  const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, INT64_MAX));
  window_ = window_ > 0 && most > INT64_MAX - window_ ? INT64_MAX : window_ + most;
  if (window_ > 0 && !busy()) {
    TellRoom();
  }
}

bool MessageSender::Stage() {
  if (!busy()) {
    return false;
  }
  Envelope head = Head();
  if (!pieces_->begun()) {
    head.sent_by = sent_by_;
    head.missed = missed_;
  }
  const Pieces::Part part = pieces_->Append(outbox_, head, limit_);
  Spend(part.payload);
  if (!part.last) {
    return true;
  }
  pieces_.reset();
  if (end_waits_) {
    AppendEnd();
  }
  if (window_ > 0) {
    TellRoom();
  }
  return false;
}

Envelope MessageSender::Head() const {
  Envelope head;
  head.type = FrameType::kMessage;
  head.id = id_;
  return head;
}

void MessageSender::Spend(std::size_t payload) {
  if (counted_) {
    window_ -= static_cast<std::int64_t>(payload + limits::kFrameCost);
  }
}

void MessageSender::AppendEnd() {
  end_waits_ = false;
  Envelope head;
  head.type = FrameType::kEnd;
  head.id = id_;
  outbox_.Append(head);
}

void MessageSender::TellRoom() {
  if (refused_) {
    refused_ = false;
    outbox_.Later(on_room_);
  }
}

}  // namespace parley
