#ifndef PARLEY_RPC_HANDLERS_TABLE_H_
#define PARLEY_RPC_HANDLERS_TABLE_H_

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "parley/rpc/handlers.h"
#include "rpc/served.h"

namespace parley {

/// What Handlers has. Safe for use by many threads.
class Handlers::Table {
 public:
  /// False if the name has one.
  bool Put(const ServiceDefinition& method);
  bool Put(EventDefinition event);
  bool DropMethod(std::string_view name);
  bool DropEvent(std::string_view name);

  /// What serves the method, or null.
  std::shared_ptr<const Served> Method(std::string_view name) const;
  std::shared_ptr<const EventDefinition> Event(std::string_view name) const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const Served>, std::less<>> methods_;
  std::map<std::string, std::shared_ptr<const EventDefinition>, std::less<>> events_;
};

}  // namespace parley

#endif  // PARLEY_RPC_HANDLERS_TABLE_H_
