#ifndef PARLEY_RPC_CALLER_H_
#define PARLEY_RPC_CALLER_H_

#include <future>
#include <memory>

#include "parley/export.h"
#include "parley/rpc/bidi_stream.h"
#include "parley/rpc/call.h"
#include "parley/rpc/call_options.h"
#include "parley/rpc/client_call.h"
#include "parley/rpc/client_stream.h"
#include "parley/rpc/message_stream.h"
#include "parley/rpc/method.h"

namespace parley {

/// Whatever can start a call: a client, a peer, services in this process. Generated clients take
/// one.
///
/// StartCall is all there is to implement; the other methods are forms of it. Implementations are
/// safe for use by many threads.
class PARLEY_EXPORT Caller {
 public:
  Caller() = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  virtual ~Caller();

  /// Starts a unary call, and does not wait: while too much is queued to be written, the call waits
  /// its turn. Never throws what becomes of the call: it is told to `call`.
  virtual void StartCall(std::shared_ptr<ClientCall> call) = 0;

  /// Starts a call of a unary method.
  template <typename Q, typename R>
  parley::Call<R> Start(const Method<Q, R>& method, const Q& request,
                        const CallOptions& options = {}) {
    CheckUnary(method.full_name(), method.shape());
    auto call =
        std::make_shared<TypedClientCall<R>>(method, request, options, ClientCall::Waits::kNot);
    StartCall(call);
    return parley::Call<R>(std::move(call));
  }

  /// Calls a unary method and waits for its reply.
  /// @throws RpcException if the call fails
  template <typename Q, typename R>
  R Call(const Method<Q, R>& method, const Q& request, const CallOptions& options = {}) {
    CheckUnary(method.full_name(), method.shape());
    auto call =
        std::make_shared<TypedClientCall<R>>(method, request, options, ClientCall::Waits::kItself);
    StartCall(call);
    return call->Await();
  }

  /// Calls a unary method; the future gives the reply or the RpcException, and dropping it lets
  /// the call go on. Start gives a handle that can cancel.
  template <typename Q, typename R>
  std::future<R> CallAsync(const Method<Q, R>& method, const Q& request,
                           const CallOptions& options = {}) {
    CheckUnary(method.full_name(), method.shape());
    auto call =
        std::make_shared<TypedClientCall<R>>(method, request, options, ClientCall::Waits::kNot);
    std::future<R> reply = call->Future();
    StartCall(std::move(call));
    return reply;
  }

  /// Calls a method whose server streams.
  template <typename Q, typename R>
  MessageStream<R> ServerStream(const Method<Q, R>& method, const Q& /*request*/,
                                const CallOptions& /*options*/ = {}) {
    ThrowNoStreams(method.full_name());
  }

  /// Calls a method whose client streams.
  template <typename Q, typename R>
  parley::ClientStream<Q, R> ClientStream(const Method<Q, R>& method,
                                          const CallOptions& /*options*/ = {}) {
    ThrowNoStreams(method.full_name());
  }

  /// Calls a method both of whose sides stream.
  template <typename Q, typename R>
  parley::BidiStream<Q, R> BidiStream(const Method<Q, R>& method,
                                      const CallOptions& /*options*/ = {}) {
    ThrowNoStreams(method.full_name());
  }

 private:
  static void CheckUnary(std::string_view method, Shape shape) {
    if (shape != Shape::kUnary) {
      ThrowNotUnary(method);
    }
  }
  [[noreturn]] static void ThrowNotUnary(std::string_view method);
  [[noreturn]] static void ThrowNoStreams(std::string_view method);
};

}  // namespace parley

#endif  // PARLEY_RPC_CALLER_H_
