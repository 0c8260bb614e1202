#ifndef PARLEY_RPC_SUBSCRIPTION_H_
#define PARLEY_RPC_SUBSCRIPTION_H_

#include <future>
#include <memory>
#include <utility>

#include "parley/export.h"
#include "parley/rpc/status.h"

namespace parley {

/// What keeps a Subscriber subscribed, until it is closed or destroyed. Safe for use by many
/// threads, but for moving it.
///
/// It outlives its connection where the caller that it was made with does.
class PARLEY_EXPORT Subscription {
 public:
  /// What there is behind one.
  class Body {
   public:
    virtual ~Body();
    virtual std::shared_future<void> held() const = 0;
    virtual std::shared_future<Status> ended() const = 0;
    virtual void Close() = 0;
  };

  /// None.
  Subscription() = default;
  explicit Subscription(std::shared_ptr<Body> body) : body_(std::move(body)) {}
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&& that) noexcept;
  ~Subscription() { Close(); }

  /// Is ready when the subscription holds for the first time: what is published after that reaches
  /// the subscriber (T-1). Gives an RpcException if it ends before.
  std::shared_future<void> held() const { return body_->held(); }

  /// Is ready when it has ended and the subscriber will not be called any more: CANCELLED after
  /// Close, else the reason.
  std::shared_future<Status> ended() const { return body_->ended(); }

  /// Ends the subscription. The subscriber may be in the middle of a publication still; ended()
  /// tells when it is not. Idempotent.
  void Close() {
    if (body_ != nullptr) {
      body_->Close();
    }
  }

 private:
  std::shared_ptr<Body> body_;
};

}  // namespace parley

#endif  // PARLEY_RPC_SUBSCRIPTION_H_
