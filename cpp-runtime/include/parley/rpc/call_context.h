#ifndef PARLEY_RPC_CALL_CONTEXT_H_
#define PARLEY_RPC_CALL_CONTEXT_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "parley/export.h"
#include "parley/rpc/metadata.h"
#include "parley/rpc/peer.h"

namespace parley {

/// What a handler knows of the call that it serves. Safe for use by many threads; it lives until
/// the handler returns, and as long as a task that it has wrapped.
class PARLEY_EXPORT CallContext {
 public:
  CallContext() = default;
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;
  virtual ~CallContext();

  /// Who calls; a handler may call back through it.
  virtual Peer& peer() = 0;

  /// The method's name on the wire, `demo.v1.Greeter/Hello`.
  virtual std::string_view method() const = 0;

  /// What came beside the request.
  virtual const Metadata& metadata() const = 0;

  /// Sets what goes back beside the reply or the failure, in place of what was set before.
  virtual void SetReplyMetadata(Metadata metadata) = 0;

  /// How long the caller still waits, at least zero; empty: it set no limit.
  virtual std::optional<std::chrono::nanoseconds> Remaining() const = 0;

  /// Whether nobody waits any more: cancelled, past its deadline, or the connection gone.
  virtual bool IsCancelled() const = 0;

  /// Runs `listener` once when IsCancelled becomes true, or now if it is. It may run on any thread,
  /// must be short, and is dropped when the handler returns.
  virtual void OnCancel(std::function<void()> listener) = 0;

  /// Waits until IsCancelled becomes true; on a thread that is not the handler's, also no longer
  /// than the handler runs. C++ interrupts no thread, so a handler that wants to end with its call
  /// has a thread of its own wait here, or looks at IsCancelled.
  virtual void AwaitCancel() = 0;

  /// `task`, run as part of this call: Current gives this context there, so the calls that it makes
  /// inherit the deadline. It keeps the context alive, also after the handler has returned.
  virtual std::function<void()> Wrap(std::function<void()> task) = 0;

  /// The call that this thread serves just now, or null.
  static CallContext* Current();
};

}  // namespace parley

#endif  // PARLEY_RPC_CALL_CONTEXT_H_
