#include "rpc/intercepted_caller.h"

#include <utility>

#include "parley/rpc/rpc_exception.h"

namespace parley {

/// One interceptor before what comes behind it.
class InterceptedCaller::Step final : public Caller {
 public:
  Step(ClientInterceptor interceptor, Caller& next)
      : interceptor_(std::move(interceptor)), next_(next) {}

  void StartCall(std::shared_ptr<ClientCall> call) override {
    try {
      interceptor_(call, next_);
    } catch (const RpcException& failure) {
      call->Leave(failure.status());
    }
  }

 private:
  const ClientInterceptor interceptor_;
  Caller& next_;
};

InterceptedCaller::InterceptedCaller(Caller& caller, std::vector<ClientInterceptor> interceptors)
    : outermost_(&caller) {
  for (auto interceptor = interceptors.rbegin(); interceptor != interceptors.rend();
       ++interceptor) {
    steps_.push_back(std::make_unique<Step>(std::move(*interceptor), *outermost_));
    outermost_ = steps_.back().get();
  }
}

InterceptedCaller::~InterceptedCaller() = default;

void InterceptedCaller::StartCall(std::shared_ptr<ClientCall> call) {
  outermost_->StartCall(std::move(call));
}

std::unique_ptr<Caller> Intercept(Caller& caller, std::vector<ClientInterceptor> interceptors) {
  return std::make_unique<InterceptedCaller>(caller, std::move(interceptors));
}

}  // namespace parley
