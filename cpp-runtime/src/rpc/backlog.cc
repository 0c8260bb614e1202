#include "rpc/backlog.h"

#include <utility>

#include "parley/wire/limits.h"

namespace parley {

std::uint64_t Backlog::Cost(const TopicBase::Bytes& message) {
  return message->size() + limits::kFrameCost;
}

bool Backlog::SendNow(const Send& send, const TopicBase::Bytes& message,
                      const std::string& publisher) {
  if (!waiting_.empty() || !send(*message, publisher, missed_)) {
    return false;
  }
  missed_ = 0;
  return true;
}

bool Backlog::Add(const TopicBase::Bytes& message, const std::string& publisher,
                  const TopicOptions& options) {
  const std::uint64_t cost = Cost(message);
  if (cost > options.bound) {
    ++missed_;
    return true;
  }
  if (bytes_ + cost > options.bound) {
    switch (options.slow) {
      case SlowPolicy::kDisconnect:
        return false;
      case SlowPolicy::kDropNewest:
        ++missed_;
        return true;
      case SlowPolicy::kDropOldest:
        DropOldest(options.bound - cost);
        break;
    }
  }
  bytes_ += cost;
  waiting_.push_back({message, publisher, std::exchange(missed_, 0)});
  return true;
}

void Backlog::DropOldest(std::uint64_t room) {
  while (bytes_ > room) {
    const Waiting dropped = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= Cost(dropped.message);
    (waiting_.empty() ? missed_ : waiting_.front().missed) += dropped.missed + 1;
  }
}

std::optional<Backlog::Waiting> Backlog::Take() {
  if (waiting_.empty()) {
    return std::nullopt;
  }
  Waiting first = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= Cost(first.message);
  return first;
}

void Backlog::Drain(const Send& send) {
  while (!waiting_.empty()) {
    const Waiting& next = waiting_.front();
    if (!send(*next.message, next.publisher, next.missed)) {
      return;
    }
    bytes_ -= Cost(next.message);
    waiting_.pop_front();
  }
}

}  // namespace parley
