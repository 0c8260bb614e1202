#ifndef PARLEY_RPC_CALL_OPTIONS_H_
#define PARLEY_RPC_CALL_OPTIONS_H_

#include <chrono>
#include <optional>
#include <utility>

#include "parley/rpc/metadata.h"
#include "parley/rpc/retry_policy.h"

namespace parley {

/// What a caller may say of one call beyond its method and request.
class CallOptions {
 public:
  /// No time-out, no metadata, the caller's own retry policy, the deadline of the handler at work.
  CallOptions() = default;

  /// These options with a time-out, which covers queueing, writing and waiting, all attempts
  /// together, and tells the peer how long the caller still waits. One that is not positive fails
  /// the call before it is sent.
  CallOptions WithTimeout(std::chrono::nanoseconds timeout) const {
    CallOptions options = *this;
    options.timeout_ = timeout;
    return options;
  }

  /// These options with `metadata` in place of their own.
  CallOptions WithMetadata(Metadata metadata) const {
    CallOptions options = *this;
    options.metadata_ = std::move(metadata);
    return options;
  }

  /// These options with `retry` in place of the client's; RetryPolicy::kNone: off.
  CallOptions WithRetry(RetryPolicy retry) const {
    CallOptions options = *this;
    options.retry_ = retry;
    return options;
  }

  /// Whether a call that a handler makes on its own thread, and in tasks that it has wrapped with
  /// CallContext::Wrap, ends with the deadline of the call that it serves, if that is nearer than
  /// its own: true unless set.
  CallOptions WithInheritedDeadline(bool inherits) const {
    CallOptions options = *this;
    options.inherits_deadline_ = inherits;
    return options;
  }

  /// Whether a call of a client that is not connected just now waits until it is, in place of
  /// failing: false unless set. Its time-out covers that wait; without one it ends when the client
  /// does.
  CallOptions WithWaitForReady(bool waits) const {
    CallOptions options = *this;
    options.waits_for_ready_ = waits;
    return options;
  }

  /// The time-out; empty: none.
  const std::optional<std::chrono::nanoseconds>& timeout() const { return timeout_; }

  const Metadata& metadata() const { return metadata_; }

  /// How it is retried; empty: as the client or server says.
  const std::optional<RetryPolicy>& retry() const { return retry_; }

  /// Whether the deadline of the handler at work holds for the call too.
  bool inherits_deadline() const { return inherits_deadline_; }

  /// Whether the call waits for a connection.
  bool waits_for_ready() const { return waits_for_ready_; }

 private:
  std::optional<std::chrono::nanoseconds> timeout_;
  Metadata metadata_;
  std::optional<RetryPolicy> retry_;
  bool inherits_deadline_ = true;
  bool waits_for_ready_ = false;
};

}  // namespace parley

#endif  // PARLEY_RPC_CALL_OPTIONS_H_
