#ifndef PARLEY_RPC_INTERCEPTED_INVOCATION_H_
#define PARLEY_RPC_INTERCEPTED_INVOCATION_H_

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "parley/rpc/any_method.h"
#include "parley/rpc/server_interceptor.h"
#include "parley/rpc/service_definition.h"

namespace parley {

/// A request and its handler behind interceptors, which see every shape as a stream of requests and
/// one of replies.
class InterceptedInvocation final : public ServiceDefinition::Invocation {
 public:
  /// @param interceptors at least one; they, and the name of the method, outlive it
  /// @param request its bytes; nothing where the client streams
  /// @param invocation the same request, parsed
  InterceptedInvocation(const std::vector<ServerInterceptor>& interceptors, const AnyMethod& method,
                        const ServiceDefinition::Entry& entry, std::string_view request,
                        std::unique_ptr<Invocation> invocation);
  ~InterceptedInvocation() override;

  void Run(CallContext& context, const ServiceDefinition::Streams& streams,
           const ServiceDefinition::ReplyTaker& reply) override;

 private:
  /// The chain from that interceptor on.
  void RunFrom(std::size_t index, const ServiceDefinition::Streams& streams, CallContext& context);
  void Serve(const ServiceDefinition::Streams& streams, CallContext& context);
  std::unique_ptr<Invocation> Only(MessageInbox& requests);

  const std::vector<ServerInterceptor>& interceptors_;
  const AnyMethod method_;
  const ServiceDefinition::Entry& entry_;
  /// The request as its bytes; null where the client streams.
  const std::shared_ptr<MessageInbox> request_;
  const std::unique_ptr<Invocation> invocation_;
};

}  // namespace parley

#endif  // PARLEY_RPC_INTERCEPTED_INVOCATION_H_
