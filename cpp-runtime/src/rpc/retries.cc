#include "rpc/retries.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>

#include "connection/timers.h"

namespace parley {
namespace {

/// Full jitter: anything from nothing to what has grown so far, in nanoseconds.
std::int64_t WaitAfter(int attempt, const RetryPolicy& policy) {
  const double grown = static_cast<double>(policy.initial_backoff().count()) *
                       std::pow(policy.multiplier(), attempt - 1);
  const double most = std::min(grown, static_cast<double>(policy.max_backoff().count()));
  thread_local std::minstd_rand random{std::random_device{}()};
  return static_cast<std::int64_t>(std::uniform_real_distribution<double>(0, most)(random));
}

}  // namespace

/// One more attempt, which tells the call what becomes of it.
class ClientCall::Retries::Attempt final : public OutgoingCall {
 public:
  explicit Attempt(std::shared_ptr<ClientCall> call) : call_(std::move(call)) {}

  void Succeeded(const Envelope& response) override { call_->Succeeded(response); }
  void Failed(const StatusMessage& status, Outcome outcome,
              const std::vector<MetadataField>& metadata) override {
    call_->Failed(status, outcome, metadata);
  }
  void Message(const Envelope& message, std::uint64_t cost) override {
    call_->Message(message, cost);
  }

 private:
  const std::shared_ptr<ClientCall> call_;
};

bool ClientCall::Retries::Allow(const AnyMethod& method, const Status& status, Outcome outcome) {
  if (status.code() != Code::kUnavailable || ClientStreams(method.shape()) ||
      method.shape() == Shape::kOneWay) {
    return false;
  }
  switch (outcome) {
    case Outcome::kNotSent:
    case Outcome::kRejected:
      return true;
    case Outcome::kUnknown:
      return method.idempotency() != Idempotency::kUnknown;
    case Outcome::kReplied:
      return false;
  }
  return false;
}

bool ClientCall::Retries::Again(Carrier& carrier, Outcome outcome) {
  std::int64_t due = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    current_.reset();
    last_ = outcome;
    if (left_.has_value() || attempts_ >= policy_.max_attempts()) {
      return false;
    }
    due = MonotonicNow() + WaitAfter(attempts_, policy_);
    if (call_.deadline().has_value() && due >= *call_.deadline()) {
      return false;
    }
    ++attempts_;
  }
  return carrier.AwaitRetry(call_.shared_from_this(), due);
}

void ClientCall::Retries::TryAgain(Carrier& carrier) {
  const auto attempt = std::make_shared<Attempt>(call_.shared_from_this());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (left_.has_value()) {
      return;
    }
    current_ = attempt;
  }
  carrier.StartAttempt(call_, attempt);
  std::optional<Status> left;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    left = left_;
  }
  if (left.has_value()) {
    // It was left before the connection knew of it, perhaps.
    carrier.Leave(*attempt, *left);
  }
}

void ClientCall::Retries::Leave(Carrier& carrier, const Status& why) {
  std::shared_ptr<OutgoingCall> running;
  Outcome outcome = Outcome::kNotSent;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (left_.has_value()) {
      return;
    }
    left_ = why;
    running = current_;
    outcome = last_;
  }
  if (running == nullptr) {
    carrier.DropRetry(call_);
    call_.Fail(why, outcome);
  } else {
    carrier.Leave(*running, why);
  }
}

std::shared_ptr<OutgoingCall> ClientCall::Retries::current() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return current_;
}

}  // namespace parley
