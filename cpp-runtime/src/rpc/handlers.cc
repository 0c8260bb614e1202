#include "parley/rpc/handlers.h"

#include <mutex>
#include <stdexcept>

#include "parley/wire/wire_log.h"
#include "rpc/handlers_table.h"
#include "rpc/untyped_name.h"

namespace parley {
Handlers::Handlers() : table_(std::make_unique<Table>()) {}
Handlers::~Handlers() = default;

void Handlers::Add(ServiceDefinition method) {
  const std::string& name = method.methods().begin()->first;
  CheckUntypedName(name);
  if (!table_->Put(method)) {
    throw std::invalid_argument("U-1: the method " + Printable(name) + " has a handler");
  }
}

void Handlers::Add(EventDefinition event) {
  const std::string name = event.name;
  CheckUntypedName(name);
  if (!table_->Put(std::move(event))) {
    throw std::invalid_argument("U-1: the event " + Printable(name) + " has a handler");
  }
}

void Handlers::RespondBytes(std::string name, OfBytes handler) {
  Respond<MessageBytes, MessageBytes>(
      std::move(name),
      [handler = std::move(handler)](const MessageBytes& request, CallContext& context) {
        return MessageBytes(handler(request.bytes, context));
      });
}

bool Handlers::Unrespond(std::string_view name) { return table_->DropMethod(name); }
bool Handlers::OffEvent(std::string_view name) { return table_->DropEvent(name); }

bool Handlers::Table::Put(const ServiceDefinition& method) {
  const auto served = std::make_shared<Served>();
  served->definition = method;
  served->entry = &served->definition->methods().begin()->second;
  std::lock_guard<std::shared_mutex> lock(mutex_);
  return methods_.emplace(method.methods().begin()->first, served).second;
}

bool Handlers::Table::Put(EventDefinition event) {
  const auto shared = std::make_shared<const EventDefinition>(std::move(event));
  std::lock_guard<std::shared_mutex> lock(mutex_);
  return events_.emplace(shared->name, shared).second;
}

bool Handlers::Table::DropMethod(std::string_view name) {
  std::shared_ptr<const Served> dropped;
  std::lock_guard<std::shared_mutex> lock(mutex_);
  const auto place = methods_.find(name);
  if (place == methods_.end()) {
    return false;
  }
  dropped = std::move(place->second);
  methods_.erase(place);
  return true;
}

bool Handlers::Table::DropEvent(std::string_view name) {
  std::shared_ptr<const EventDefinition> dropped;
  std::lock_guard<std::shared_mutex> lock(mutex_);
  const auto place = events_.find(name);
  if (place == events_.end()) {
    return false;
  }
  dropped = std::move(place->second);
  events_.erase(place);
  return true;
}

std::shared_ptr<const Served> Handlers::Table::Method(std::string_view name) const {
  std::shared_lock<std::shared_mutex> lock(mutex_);
  const auto place = methods_.find(name);
  return place == methods_.end() ? nullptr : place->second;
}

std::shared_ptr<const EventDefinition> Handlers::Table::Event(std::string_view name) const {
  std::shared_lock<std::shared_mutex> lock(mutex_);
  const auto place = events_.find(name);
  return place == events_.end() ? nullptr : place->second;
}

}  // namespace parley
