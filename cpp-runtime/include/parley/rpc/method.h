#ifndef PARLEY_RPC_METHOD_H_
#define PARLEY_RPC_METHOD_H_

#include <string_view>

#include "parley/rpc/idempotency.h"
#include "parley/rpc/shape.h"

namespace parley {

/// A method of a service: its full name, its Shape, and the types it takes and gives.
///
/// Generated code holds one constant a method; a program without a `.proto` service makes its own.
/// A literal type: the name is a string constant and is not copied.
///
///     static constexpr parley::Method<HelloRequest, HelloReply> kHello{
///         "demo.v1.Greeter/Hello", parley::Shape::kUnary};
template <typename Q, typename R>
class Method {
 public:
  using Request = Q;
  using Reply = R;

  constexpr Method(std::string_view full_name, Shape shape,
                   Idempotency idempotency = Idempotency::kUnknown)
      : full_name_(full_name), shape_(shape), idempotency_(idempotency) {}

  /// The name on the wire, `demo.v1.Greeter/Hello`.
  constexpr std::string_view full_name() const { return full_name_; }

  /// The service's full name, `demo.v1.Greeter`.
  constexpr std::string_view service() const { return full_name_.substr(0, full_name_.rfind('/')); }

  constexpr Shape shape() const { return shape_; }

  /// What running it twice does; kUnknown unless its `.proto` says.
  constexpr Idempotency idempotency() const { return idempotency_; }

 private:
  std::string_view full_name_;
  Shape shape_;
  Idempotency idempotency_;
};

}  // namespace parley

#endif  // PARLEY_RPC_METHOD_H_
