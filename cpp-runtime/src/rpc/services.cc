#include "rpc/services.h"

#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

#include "parley/rpc/log_sink.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_log.h"
#include "rpc/handlers_table.h"
#include "rpc/topic_hub.h"

namespace parley {
namespace {

// How much of an exception's text is told.
constexpr std::size_t kLongestText = 1024;

std::vector<EventDefinition> OneWayMethods(const std::vector<ServiceDefinition>& services) {
  std::vector<EventDefinition> events;
  for (const ServiceDefinition& service : services) {
    for (const auto& [name, entry] : service.methods()) {
      if (entry.shape == Shape::kOneWay) {
        events.push_back({name, entry.take});
      }
    }
  }
  return events;
}

}  // namespace

Services::Services(std::vector<ServiceDefinition> services, std::vector<EventDefinition> events,
                   std::shared_ptr<TaskRunner> workers, std::vector<ServerInterceptor> interceptors,
                   std::shared_ptr<const Handlers> handlers, std::shared_ptr<TopicHub> hub)
    : services_(std::move(services)),
      events_(std::move(events)),
      one_way_(OneWayMethods(services_)),
      workers_(std::move(workers)),
      interceptors_(std::move(interceptors)),
      handlers_(std::move(handlers)),
      hub_(std::move(hub)) {
  for (const ServiceDefinition& service : services_) {
    for (const auto& [name, entry] : service.methods()) {
      if (!methods_by_name_
               .emplace(name, Served{&entry, std::make_unique<Shortness>(), std::nullopt})
               .second) {
        throw std::invalid_argument(name + " is served twice");
      }
    }
  }
  for (const EventDefinition& method : one_way_) {
    events_by_name_.emplace(method.name, &method);
  }
  for (const EventDefinition& event : events_) {
    if (event.name.empty() || event.name.size() > limits::kName ||
        event.name.compare(0, 7, "parley.") == 0) {
      throw std::invalid_argument("E-1: \"" + Printable(event.name) + "\" is no name for an event");
    }
    if (!events_by_name_.emplace(event.name, &event).second) {
      throw std::invalid_argument("event " + event.name + " is taken twice");
    }
  }
}

std::shared_ptr<const Served> Services::Method(std::string_view name) const {
  const auto found = methods_by_name_.find(name);
  if (found != methods_by_name_.end()) {
    // Not counted: it is this object's.
    return std::shared_ptr<const Served>(std::shared_ptr<void>(), &found->second);
  }
  return handlers_ == nullptr ? nullptr : handlers_->table_->Method(name);
}

std::shared_ptr<const EventDefinition> Services::Event(std::string_view name) const {
  const auto found = events_by_name_.find(name);
  if (found != events_by_name_.end()) {
    return std::shared_ptr<const EventDefinition>(std::shared_ptr<void>(), found->second);
  }
  return handlers_ == nullptr ? nullptr : handlers_->table_->Event(name);
}

std::string ReportHandlerFailure(std::string_view where, const char* what) {
  std::random_device random;
  char id[17];
  std::snprintf(id, sizeof(id), "%08x%08x", random(), random());
  LogSink::Write(std::string("error ") + id + " in " + Printable(where) + ": " +
                 Printable(what, kLongestText));
  return id;
}

}  // namespace parley
