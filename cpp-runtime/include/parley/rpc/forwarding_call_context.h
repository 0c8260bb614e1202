#ifndef PARLEY_RPC_FORWARDING_CALL_CONTEXT_H_
#define PARLEY_RPC_FORWARDING_CALL_CONTEXT_H_

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "parley/export.h"
#include "parley/rpc/call_context.h"

namespace parley {

/// A context that another one, which must outlive it, carries: override what an interceptor wants a
/// handler to see.
class PARLEY_EXPORT ForwardingCallContext : public CallContext {
 public:
  explicit ForwardingCallContext(CallContext& context) : context_(context) {}
  ~ForwardingCallContext() override;

  Peer& peer() override { return context_.peer(); }
  std::string_view method() const override { return context_.method(); }
  const Metadata& metadata() const override { return context_.metadata(); }
  void SetReplyMetadata(Metadata metadata) override {
    context_.SetReplyMetadata(std::move(metadata));
  }
  std::optional<std::chrono::nanoseconds> Remaining() const override {
    return context_.Remaining();
  }
  bool IsCancelled() const override { return context_.IsCancelled(); }
  void OnCancel(std::function<void()> listener) override { context_.OnCancel(std::move(listener)); }
  void AwaitCancel() override { context_.AwaitCancel(); }
  std::function<void()> Wrap(std::function<void()> task) override {
    return context_.Wrap(std::move(task));
  }

 private:
  CallContext& context_;
};

}  // namespace parley

#endif  // PARLEY_RPC_FORWARDING_CALL_CONTEXT_H_
