#ifndef PARLEY_RPC_CLIENT_INTERCEPTOR_H_
#define PARLEY_RPC_CLIENT_INTERCEPTOR_H_

#include <functional>
#include <memory>
#include <vector>

#include "parley/export.h"
#include "parley/rpc/caller.h"
#include "parley/rpc/client_call.h"

namespace parley {

/// Stands between those who call and what carries their calls: sees and changes options and
/// metadata, answers by itself, passes on with `next.StartCall(call)`, wraps what streams, learns
/// how the call ends.
///
/// Called by many threads at once, on the caller's thread; it must not block for long. Before it
/// returns it passes the call on, or ends it; one that does neither has kept its request
/// (ClientCall::KeepRequest) and does so later, and must see to the deadline itself. An
/// RpcException that it throws ends the call. `next` lives until the call has ended. The first one
/// given is the outermost. A call is passed on once: more calls are made with MessageBytes.
///
///     builder.InterceptCalls([](const auto& call, parley::Caller& next) {
///       const parley::CallOptions& options = call->options();
///       call->SetOptions(options.WithMetadata(options.metadata().With("user", "ada")));
///       next.StartCall(call);
///     });
using ClientInterceptor =
    std::function<void(const std::shared_ptr<ClientCall>& call, Caller& next)>;

/// `caller`, which must outlive it, behind interceptors, the first one the outermost.
PARLEY_EXPORT std::unique_ptr<Caller> Intercept(Caller& caller,
                                                std::vector<ClientInterceptor> interceptors);

}  // namespace parley

#endif  // PARLEY_RPC_CLIENT_INTERCEPTOR_H_
