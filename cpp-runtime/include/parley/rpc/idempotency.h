#ifndef PARLEY_RPC_IDEMPOTENCY_H_
#define PARLEY_RPC_IDEMPOTENCY_H_

namespace parley {

/// What running a method twice does, as `option idempotency_level` of its `.proto` says. It decides
/// whether a call whose outcome is UNKNOWN may be tried again.
enum class Idempotency {
  /// Nothing is said: a second run may do harm.
  kUnknown,
  /// The method changes nothing.
  kNoSideEffects,
  /// A second run leaves things as the first one did.
  kIdempotent,
};

}  // namespace parley

#endif  // PARLEY_RPC_IDEMPOTENCY_H_
