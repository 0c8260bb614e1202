#ifndef PARLEY_RPC_CALL_H_
#define PARLEY_RPC_CALL_H_

#include <memory>
#include <utility>

#include "parley/rpc/client_call.h"

namespace parley {

/// One call in flight, seen from its caller. It ends exactly once: with a reply, or with an
/// RpcException that carries an Outcome.
///
/// A handle: copies name the same call, and dropping it lets the call go on. Safe for use by many
/// threads.
template <typename R>
class Call {
 public:
  explicit Call(std::shared_ptr<TypedClientCall<R>> call) : call_(std::move(call)) {}

  /// Waits for the reply. To be called once.
  /// @throws RpcException if the call fails
  R Await() { return call_->Await(); }

  /// Ends the call with CANCELLED and tells the peer; without effect once the call has ended.
  void Cancel() { call_->Cancel(); }

  /// The metadata that came with the reply or the failure; empty until then.
  Metadata ReplyMetadata() const { return call_->ReplyMetadata(); }

 private:
  std::shared_ptr<TypedClientCall<R>> call_;
};

}  // namespace parley

#endif  // PARLEY_RPC_CALL_H_
