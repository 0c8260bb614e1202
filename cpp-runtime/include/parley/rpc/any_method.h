#ifndef PARLEY_RPC_ANY_METHOD_H_
#define PARLEY_RPC_ANY_METHOD_H_

#include <string_view>

#include "parley/rpc/idempotency.h"
#include "parley/rpc/shape.h"

namespace parley {

/// A method of a service, whatever the types of its messages: its full name, its Shape, and what
/// running it twice does. A literal type that does not own its name.
class AnyMethod {
 public:
  constexpr AnyMethod(std::string_view full_name, Shape shape,
                      Idempotency idempotency = Idempotency::kUnknown)
      : full_name_(full_name), shape_(shape), idempotency_(idempotency) {}

  /// The name on the wire, `demo.v1.Greeter/Hello`.
  constexpr std::string_view full_name() const { return full_name_; }

  /// The service's full name, `demo.v1.Greeter`.
  /// Empty for a method without a schema (U-1).
  constexpr std::string_view service() const {
    const std::size_t slash = full_name_.rfind('/');
    return full_name_.substr(0, slash == std::string_view::npos ? 0 : slash);
  }

  constexpr Shape shape() const { return shape_; }

  /// What running it twice does; kUnknown unless its `.proto` says.
  constexpr Idempotency idempotency() const { return idempotency_; }

 private:
  std::string_view full_name_;
  Shape shape_;
  Idempotency idempotency_;
};

}  // namespace parley

#endif  // PARLEY_RPC_ANY_METHOD_H_
