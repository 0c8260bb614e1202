#ifndef PARLEY_RPC_SERVED_H_
#define PARLEY_RPC_SERVED_H_

#include <memory>
#include <optional>

#include "parley/rpc/service_definition.h"
#include "rpc/shortness.h"

namespace parley {

/// A method that is served, and how its handler has behaved.
struct Served {
  const ServiceDefinition::Entry* entry;
  std::unique_ptr<Shortness> shortness = std::make_unique<Shortness>();
  /// What the entry is a part of, if it may go while calls still run.
  std::optional<ServiceDefinition> definition;
};

}  // namespace parley

#endif  // PARLEY_RPC_SERVED_H_
