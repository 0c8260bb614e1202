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
    : caller_(caller), interceptors_(std::move(interceptors)), outermost_(&caller) {
  for (auto interceptor = interceptors_.rbegin(); interceptor != interceptors_.rend();
       ++interceptor) {
    steps_.push_back(std::make_unique<Step>(*interceptor, *outermost_));
    outermost_ = steps_.back().get();
  }
}

InterceptedCaller::~InterceptedCaller() = default;

void InterceptedCaller::StartCall(std::shared_ptr<ClientCall> call) {
  outermost_->StartCall(std::move(call));
}

/// Passes connections on behind the interceptors.
class InterceptedCaller::Between final : public Follower {
 public:
  Between(std::shared_ptr<Follower> follower, std::vector<ClientInterceptor> interceptors)
      : follower_(std::move(follower)), interceptors_(std::move(interceptors)) {}

  void Connected(const Connection& to) override {
    struct Held {
      Held(std::shared_ptr<Caller> to, const std::vector<ClientInterceptor>& interceptors)
          : caller(std::move(to)), intercepted(*caller, interceptors) {}
      const std::shared_ptr<Caller> caller;
      InterceptedCaller intercepted;
    };
    const auto held = std::make_shared<Held>(to.caller, interceptors_);
    follower_->Connected(
        {std::shared_ptr<Caller>(held, &held->intercepted), to.is_over, to.settle});
  }
  void Over(const Status& why) override { follower_->Over(why); }

 private:
  const std::shared_ptr<Follower> follower_;
  const std::vector<ClientInterceptor> interceptors_;
};

std::function<void()> InterceptedCaller::Follow(std::shared_ptr<Follower> follower) {
  return caller_.Follow(std::make_shared<Between>(std::move(follower), interceptors_));
}

std::unique_ptr<Caller> Intercept(Caller& caller, std::vector<ClientInterceptor> interceptors) {
  return std::make_unique<InterceptedCaller>(caller, std::move(interceptors));
}

}  // namespace parley
