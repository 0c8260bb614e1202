#include "parley/rpc/client_call.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "connection/timers.h"
#include "rpc/conversions.h"

namespace parley {
namespace {

// A year, so that the clock's own arithmetic does not overflow.
constexpr std::int64_t kLongestWait = std::int64_t{365} * 24 * 3600 * 1'000'000'000;

std::optional<std::int64_t> DeadlineOf(const CallOptions& options) {
  if (!options.timeout().has_value()) {
    return std::nullopt;
  }
  const std::int64_t now = MonotonicNow();
  const std::int64_t timeout = options.timeout()->count();
  return timeout > INT64_MAX - now ? INT64_MAX : now + timeout;
}

}  // namespace

ClientCall::ClientCall(std::string_view method, OutgoingMessage request, const CallOptions& options,
                       Waits waits)
    : method_(method),
      request_(request),
      options_(options),
      waits_(waits),
      deadline_(DeadlineOf(options)) {}

ClientCall::~ClientCall() = default;

void ClientCall::CarriedBy(std::shared_ptr<Carrier> carrier) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!done_) {
    carrier_ = std::move(carrier);
  }
}

void ClientCall::Succeeded(const Envelope& response) {
  Metadata metadata = ToMetadata(response.metadata);
  if (ParseReply(response.payload)) {
    End(std::nullopt, std::move(metadata));
    return;
  }
  RpcException failure(
      Status(Code::kInternal, "C-9: the reply of " + std::to_string(response.payload.size()) +
                                  " bytes does not parse"),
      Outcome::kReplied, metadata);
  End(std::move(failure), std::move(metadata));
}

void ClientCall::Failed(const StatusMessage& status, Outcome outcome,
                        const std::vector<MetadataField>& metadata) {
  Fail(ToStatus(status), outcome, ToMetadata(metadata));
}

void ClientCall::Fail(const Status& status, Outcome outcome, Metadata metadata) {
  RpcException failure(status, outcome, metadata);
  End(std::move(failure), std::move(metadata));
}

void ClientCall::End(std::optional<RpcException> failure, Metadata metadata) {
  std::shared_ptr<Carrier> carrier;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (done_) {
      return;
    }
    done_ = true;
    failure_ = std::move(failure);
    reply_metadata_ = std::move(metadata);
    carrier.swap(carrier_);
    ended_.notify_all();
  }
  // Set once, before; nobody changes it any more.
  Announce(failure_.has_value() ? &*failure_ : nullptr);
}

void ClientCall::Announce(const RpcException*) {}

void ClientCall::Wait() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (waits_ == Waits::kItself && deadline_.has_value() && !done_) {
    const std::int64_t left = std::min(*deadline_ - MonotonicNow(), kLongestWait);
    if (left > 0) {
      ended_.wait_for(lock, std::chrono::nanoseconds(left), [this] { return done_; });
    }
    if (!done_ && carrier_ != nullptr) {
      const std::shared_ptr<Carrier> carrier = carrier_;
      lock.unlock();
      // Without effect if the call ends just now; the wait below is then short.
      carrier->Leave(*this, Status(Code::kDeadlineExceeded, "the time-out passed"));
      lock.lock();
    }
  }
  ended_.wait(lock, [this] { return done_; });
  if (failure_.has_value()) {
    throw RpcException(*failure_);
  }
}

void ClientCall::Cancel() {
  std::shared_ptr<Carrier> carrier;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    carrier = carrier_;
  }
  if (carrier != nullptr) {
    carrier->Leave(*this, Status(Code::kCancelled, "the caller cancelled the call"));
  }
}

Metadata ClientCall::ReplyMetadata() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return reply_metadata_;
}

}  // namespace parley
