#ifndef PARLEY_RPC_CALL_OPTIONS_H_
#define PARLEY_RPC_CALL_OPTIONS_H_

#include <chrono>
#include <optional>
#include <utility>

#include "parley/rpc/metadata.h"

namespace parley {

/// What a caller may say of one call beyond its method and request.
class CallOptions {
 public:
  /// No time-out, no metadata.
  CallOptions() = default;

  /// These options with a time-out, which covers queueing, writing and waiting and tells the peer
  /// how long the caller still waits. One that is not positive fails the call before it is sent.
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

  /// The time-out; empty: none.
  const std::optional<std::chrono::nanoseconds>& timeout() const { return timeout_; }

  const Metadata& metadata() const { return metadata_; }

 private:
  std::optional<std::chrono::nanoseconds> timeout_;
  Metadata metadata_;
};

}  // namespace parley

#endif  // PARLEY_RPC_CALL_OPTIONS_H_
