#ifndef PARLEY_RPC_SERVER_INTERCEPTOR_H_
#define PARLEY_RPC_SERVER_INTERCEPTOR_H_

#include <functional>

#include "parley/rpc/any_method.h"
#include "parley/rpc/call_context.h"
#include "parley/rpc/service_definition.h"

namespace parley {

/// What comes behind a ServerInterceptor: the next one, or the handler. It throws what that throws.
using NextHandler =
    std::function<void(const ServiceDefinition::Streams& streams, CallContext& context)>;

/// Stands before handlers: sees metadata, answers by itself, passes on with its arguments or others
/// in their place, wraps streams. Every shape is seen as a stream of requests and one of replies,
/// as bytes; of those that do not stream, exactly one message goes through. Where the type is
/// known, InboxSource and OutletSink read and write it.
///
/// Called by many threads at once, on the thread of the handler. An RpcException that it throws
/// reaches the caller as it is; anything else as INTERNAL. The first one given is the outermost.
/// One-way methods do not pass here.
///
///     builder.InterceptHandlers([](const parley::AnyMethod&, const auto& streams,
///                                  parley::CallContext& context, const parley::NextHandler& next)
///                                  {
///       if (!context.metadata().Get("user").has_value()) {
///         throw parley::RpcException(parley::Code::kUnauthenticated, "who are you?");
///       }
///       next(streams, context);
///     });
using ServerInterceptor =
    std::function<void(const AnyMethod& method, const ServiceDefinition::Streams& streams,
                       CallContext& context, const NextHandler& next)>;

}  // namespace parley

#endif  // PARLEY_RPC_SERVER_INTERCEPTOR_H_
