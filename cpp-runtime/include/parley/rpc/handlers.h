#ifndef PARLEY_RPC_HANDLERS_H_
#define PARLEY_RPC_HANDLERS_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/export.h"
#include "parley/rpc/event_definition.h"
#include "parley/rpc/message_bytes.h"
#include "parley/rpc/service_definition.h"

namespace parley {

/// Handlers of methods and events without a schema, which come and go at run time (U-1).
///
/// Safe for use by many threads. One object may serve many servers and clients; what it has counts
/// for each request and event that is read from then on. A name is 1 to 255 bytes without a slash;
/// names that begin with `parley.` are the protocol's.
///
/// Data like JSON's are messages of google::protobuf::Value.
class PARLEY_EXPORT Handlers {
 public:
  /// Answers with bytes to bytes. A failure may carry bytes, as a detail of its Status.
  using OfBytes = std::function<std::string(std::string_view request, CallContext& context)>;

  Handlers();
  ~Handlers();
  Handlers(const Handlers&) = delete;
  Handlers& operator=(const Handlers&) = delete;

  /// Answers requests of that name.
  /// @throws std::invalid_argument if it is no such name, or has a handler
  template <typename Q, typename R>
  void Respond(std::string name, std::common_type_t<UnaryHandler<Q, R>> handler) {
    const Method<Q, R> method(name, Shape::kUnary);
    Add(ServiceDefinition::Builder("").Unary(method, std::move(handler)).Build());
  }

  /// Answers requests of that name with bytes to bytes.
  /// @throws std::invalid_argument as Respond
  void RespondBytes(std::string name, OfBytes handler);

  /// Takes the handler of that method away; whether there was one. Calls that it serves go on.
  bool Unrespond(std::string_view name);

  /// Takes the events of that name.
  /// @throws std::invalid_argument if it is no such name, or has a handler
  template <typename E>
  void OnEvent(std::string name, std::common_type_t<EventHandler<E>> handler) {
    Add(EventDefinition::Of<E>(std::move(name), std::move(handler)));
  }

  /// Takes the handler of that event away; whether there was one.
  bool OffEvent(std::string_view name);

 private:
  friend class Services;
  class Table;

  void Add(ServiceDefinition method);
  void Add(EventDefinition event);

  const std::unique_ptr<Table> table_;
};

}  // namespace parley

#endif  // PARLEY_RPC_HANDLERS_H_
