#ifndef PARLEY_RPC_CURRENT_CALL_H_
#define PARLEY_RPC_CURRENT_CALL_H_

#include "parley/rpc/call_context.h"

namespace parley {

/// Says that the thread that makes it serves a call, until it is destroyed: what
/// CallContext::Current gives. They nest.
class CurrentCall {
 public:
  explicit CurrentCall(CallContext& call);
  CurrentCall(const CurrentCall&) = delete;
  CurrentCall& operator=(const CurrentCall&) = delete;
  ~CurrentCall();

 private:
  CallContext* const before_;
};

}  // namespace parley

#endif  // PARLEY_RPC_CURRENT_CALL_H_
