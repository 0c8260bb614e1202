#ifndef PARLEY_RPC_INTERCEPTED_CALLER_H_
#define PARLEY_RPC_INTERCEPTED_CALLER_H_

#include <memory>
#include <vector>

#include "parley/rpc/client_interceptor.h"

namespace parley {

/// A caller, which must outlive it, behind interceptors. Immutable.
class InterceptedCaller final : public Caller {
 public:
  InterceptedCaller(Caller& caller, std::vector<ClientInterceptor> interceptors);
  ~InterceptedCaller() override;

  void StartCall(std::shared_ptr<ClientCall> call) override;
  std::function<void()> Follow(std::shared_ptr<Follower> follower) override;

 private:
  class Step;
  class Between;

  Caller& caller_;
  const std::vector<ClientInterceptor> interceptors_;

  /// The innermost first; each knows the one before it.
  std::vector<std::unique_ptr<Step>> steps_;
  Caller* outermost_;
};

}  // namespace parley

#endif  // PARLEY_RPC_INTERCEPTED_CALLER_H_
