#ifndef PARLEY_RPC_FUTURE_H_
#define PARLEY_RPC_FUTURE_H_

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "parley/rpc/client_call.h"

namespace parley {

/// The reply to a call in flight. The call ends exactly once: with a reply, or with an RpcException
/// that carries an Outcome.
///
/// Its names are std::future's, and so is what they do, but for three things: a thread that waits
/// here reads the connection itself, as one in a blocking call does, so waiting costs no hand-over
/// between threads; the call can be cancelled; and one thread may do so while another waits.
///
/// Destroying it does not wait, and lets the call go on.
template <typename R>
class Future {
 public:
  /// Of no call.
  Future() = default;
  explicit Future(std::shared_ptr<TypedClientCall<R>> call) : call_(std::move(call)) {}

  /// Whether it belongs to a call. All else asks for one that does.
  bool valid() const { return call_ != nullptr; }

  /// Waits for the reply and gives it away. To be called once.
  /// @throws RpcException if the call fails
  R get() { return call_->Await(); }

  /// Waits until the call has ended.
  void wait() const { call_->WaitUntil(std::nullopt); }

  /// The same for so long at the most; `ready` if it has ended.
  template <typename Rep, typename Period>
  std::future_status wait_for(const std::chrono::duration<Rep, Period>& timeout) const {
    return wait_until(std::chrono::steady_clock::now() + timeout);
  }

  /// The same until that time at the latest.
  template <typename Clock, typename Duration>
  std::future_status wait_until(const std::chrono::time_point<Clock, Duration>& time) const {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(time - Clock::now());
    return call_->WaitFor(left) ? std::future_status::ready : std::future_status::timeout;
  }

  /// Ends the call with CANCELLED and tells the peer; without effect once the call has ended.
  void Cancel() { call_->Cancel(); }

  /// The metadata that came with the reply or the failure; empty until then.
  Metadata ReplyMetadata() const { return call_->ReplyMetadata(); }

 private:
  std::shared_ptr<TypedClientCall<R>> call_;
};

}  // namespace parley

#endif  // PARLEY_RPC_FUTURE_H_
