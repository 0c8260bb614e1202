#ifndef PARLEY_RPC_CALLING_H_
#define PARLEY_RPC_CALLING_H_

#include <vector>

#include "parley/rpc/client_interceptor.h"
#include "parley/rpc/retry_policy.h"

namespace parley {

/// How one side makes its calls.
struct Calling {
  /// What stands before them, the first one the outermost.
  std::vector<ClientInterceptor> interceptors;
  /// How a call is retried whose options do not say.
  RetryPolicy retry = RetryPolicy::kDefault;
};

}  // namespace parley

#endif  // PARLEY_RPC_CALLING_H_
