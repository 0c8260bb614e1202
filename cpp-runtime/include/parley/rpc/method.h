#ifndef PARLEY_RPC_METHOD_H_
#define PARLEY_RPC_METHOD_H_

#include "parley/rpc/any_method.h"

namespace parley {

/// A method of a service: its full name, its Shape, and the types it takes and gives.
///
/// Generated code holds one constant a method; a program without a `.proto` service makes its own.
/// A literal type: the name is a string constant and is not copied.
///
///     static constexpr parley::Method<HelloRequest, HelloReply> kHello{
///         "demo.v1.Greeter/Hello", parley::Shape::kUnary};
template <typename Q, typename R>
class Method : public AnyMethod {
 public:
  using Request = Q;
  using Reply = R;

  using AnyMethod::AnyMethod;
};

}  // namespace parley

#endif  // PARLEY_RPC_METHOD_H_
