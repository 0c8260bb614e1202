#ifndef PARLEY_RPC_SERVICES_H_
#define PARLEY_RPC_SERVICES_H_

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connection/workers.h"
#include "parley/rpc/event_definition.h"
#include "parley/rpc/handlers.h"
#include "parley/rpc/server_interceptor.h"
#include "parley/rpc/service_definition.h"
#include "rpc/served.h"

namespace parley {

class TopicHub;

/// What one side serves: methods and events by name, and the threads that run their handlers.
/// Immutable, but for the handlers that come and go, and safe for use by many threads.
class Services {
 public:
  /// @throws std::invalid_argument when a name is served twice or is reserved
  Services(std::vector<ServiceDefinition> services, std::vector<EventDefinition> events,
           std::shared_ptr<TaskRunner> workers, std::vector<ServerInterceptor> interceptors = {},
           std::shared_ptr<const Handlers> handlers = nullptr,
           std::shared_ptr<TopicHub> hub = nullptr);

  /// What serves the method, or null. It lives as long as it is held and this does.
  std::shared_ptr<const Served> Method(std::string_view name) const;

  /// What takes the event, or the request of the one-way method, of that name; or null. As Method.
  std::shared_ptr<const EventDefinition> Event(std::string_view name) const;

  /// The topics that this side keeps, or null.
  const std::shared_ptr<TopicHub>& hub() const { return hub_; }

  /// What stands before the handlers of methods, the first one the outermost.
  const std::vector<ServerInterceptor>& interceptors() const { return interceptors_; }

  TaskRunner& workers() const { return *workers_; }

 private:
  const std::vector<ServiceDefinition> services_;
  const std::vector<EventDefinition> events_;
  const std::vector<EventDefinition> one_way_;
  const std::shared_ptr<TaskRunner> workers_;
  const std::vector<ServerInterceptor> interceptors_;
  /// Null: there are none.
  const std::shared_ptr<const Handlers> handlers_;
  /// Null: this side keeps no topics.
  const std::shared_ptr<TopicHub> hub_;
  // The keys are views into the definitions above.
  std::unordered_map<std::string_view, Served> methods_by_name_;
  std::unordered_map<std::string_view, const EventDefinition*> events_by_name_;
};

/// Tells this side's people, through LogSink, of what a handler threw and nobody else may see.
/// Gives the id under which it is told.
std::string ReportHandlerFailure(std::string_view where, const char* what);

}  // namespace parley

#endif  // PARLEY_RPC_SERVICES_H_
