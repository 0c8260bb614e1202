#ifndef DEMO_MARKET_INTERCEPTORS_H_
#define DEMO_MARKET_INTERCEPTORS_H_

#include <parley/parley.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

namespace demo {

// Writes a line a call: which it was, how it ended, how long it took.
inline void LogCalls(const std::shared_ptr<parley::ClientCall>& call, parley::Caller& next) {
  using Clock = std::chrono::steady_clock;
  call->OnEnd([method = call->method(), began = Clock::now()](const parley::CallEnd& end) {
    const std::chrono::duration<double, std::micro> took = Clock::now() - began;
    std::clog << method.full_name() << " " << end.code_name() << " "
              << static_cast<long>(took.count()) << " us" << std::endl;
  });
  next.StartCall(call);
}

// Sends a token with every call.
inline parley::ClientInterceptor SayWhoCalls(std::string token) {
  return [token](const std::shared_ptr<parley::ClientCall>& call, parley::Caller& next) {
    const parley::CallOptions& options = call->options();
    call->SetOptions(options.WithMetadata(options.metadata().With("token", token)));
    next.StartCall(call);
  };
}

// Serves nobody without the token.
inline parley::ServerInterceptor AskWhoCalls(std::string token) {
  return [token](const parley::AnyMethod&, const parley::ServiceDefinition::Streams& streams,
                 parley::CallContext& context, const parley::NextHandler& next) {
    if (context.metadata().Get("token") != token) {
      throw parley::RpcException(parley::Code::kUnauthenticated, "who are you?");
    }
    next(streams, context);
  };
}

}  // namespace demo

#endif  // DEMO_MARKET_INTERCEPTORS_H_
