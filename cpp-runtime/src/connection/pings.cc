#include "connection/pings.h"

#include <utility>

namespace parley {

void Pings::Send(Listener listener) {
  std::optional<StatusMessage> lost;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    lost = lost_;
    if (!lost.has_value()) {
      waiting_.push_back(std::move(listener));
      if (!under_way_) {
        SendNow();
      }
      return;
    }
  }
  listener(std::nullopt, *lost);
}

void Pings::Ask() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!lost_.has_value() && !under_way_) {
    SendNow();
  }
}

void Pings::SendNow() {
  asking_.swap(waiting_);
  under_way_ = true;
  sent_at_ = timers_.Now();
  Envelope ping;
  ping.type = FrameType::kPing;
  ping.id = ++last_id_;
  outbox_.Append(ping);
}

void Pings::Pong(std::uint64_t id) {
  std::vector<Listener> told;
  std::int64_t round_trip = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!under_way_ || id != last_id_) {
      return;
    }
    round_trip = timers_.Now() - sent_at_;
    told.swap(asking_);
    under_way_ = false;
    if (!waiting_.empty()) {
      SendNow();
    }
  }
  for (const Listener& listener : told) {
    listener(round_trip, StatusMessage());
  }
}

void Pings::Lost(const StatusMessage& why) {
  std::vector<Listener> told;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!lost_.has_value()) {
      lost_ = why;
    }
    told.swap(asking_);
    for (Listener& listener : waiting_) {
      told.push_back(std::move(listener));
    }
    waiting_.clear();
  }
  for (const Listener& listener : told) {
    listener(std::nullopt, why);
  }
}

}  // namespace parley
