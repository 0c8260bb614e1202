#ifndef PARLEY_RPC_RETRIES_H_
#define PARLEY_RPC_RETRIES_H_

#include <memory>
#include <mutex>
#include <optional>

#include "parley/rpc/client_call.h"

namespace parley {

/// The attempts of one call beyond the first (C-10). Made when that has failed, so that a call that
/// succeeds costs nothing more. Safe for use by many threads. A part of its call.
class ClientCall::Retries final {
 public:
  Retries(ClientCall& call, const RetryPolicy& policy) : call_(call), policy_(policy) {}

  /// Whether a call of that method may be tried again after that failure.
  static bool Allow(const AnyMethod& method, const Status& status, Outcome outcome);

  /// An attempt has failed: whether another one follows, so that the call goes on.
  bool Again(Carrier& carrier, Outcome outcome);

  /// Makes the attempt that is due.
  void TryAgain(Carrier& carrier);

  /// Ends the call for its application, in the middle of an attempt or between two.
  void Leave(Carrier& carrier, const Status& why);

  /// The attempt that the connection knows; null between two.
  std::shared_ptr<OutgoingCall> current() const;

 private:
  class Attempt;

  ClientCall& call_;
  const RetryPolicy policy_;

  mutable std::mutex mutex_;
  int attempts_ = 1;
  std::shared_ptr<OutgoingCall> current_;
  Outcome last_ = Outcome::kNotSent;
  /// Why its application has left the call.
  std::optional<Status> left_;
};

}  // namespace parley

#endif  // PARLEY_RPC_RETRIES_H_
