#include "parley/server.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "connection/borrowed_executor.h"
#include "parley/transport/transport_error.h"
#include "rpc/conversions.h"
#include "rpc/topic_hub.h"
#include "server_state.h"

namespace parley {

struct Server::Builder::Plan {
  explicit Plan(Address of) : address(std::move(of)) {}

  Address address;
  Settings settings;
  std::vector<ServiceDefinition> services;
  std::vector<EventDefinition> events;
  Admission admission;
  std::size_t max_connections = SIZE_MAX;
  std::vector<std::shared_ptr<LifecycleListener>> listeners;
  std::shared_ptr<parley::Handlers> handlers = std::make_shared<parley::Handlers>();
  Calling calling;
  std::shared_ptr<parley::Executor> executor;
  std::vector<ServerInterceptor> handler_interceptors;
  std::size_t max_handlers = 1024;
  TopicOptions topics;
  std::optional<std::chrono::nanoseconds> idle;
  std::chrono::nanoseconds first_idle{0};
  parley::Access access = parley::Access::Owner();
  std::size_t max_handshakes = 64;
};

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() { Close(); }

parley::Topics& Server::topics() const { return *state_->hub(); }
PeerGroup Server::everyone() const {
  return PeerGroup([state = state_] { return state->peers(); });
}
parley::Handlers& Server::handlers() const { return *state_->handlers(); }
const std::shared_ptr<TopicHub>& Server::hub() const { return state_->hub(); }
const Address& Server::address() const { return state_->address(); }
std::vector<std::shared_ptr<Peer>> Server::peers() const { return state_->peers(); }
std::shared_ptr<Peer> Server::peer(std::uint64_t id) const {
  for (const std::shared_ptr<Peer>& peer : state_->peers()) {
    if (peer->id() == id) {
      return peer;
    }
  }
  return nullptr;
}
void Server::RestoreSocket() { state_->RestoreSocket(); }
void Server::Close() { state_->Close(std::nullopt); }
void Server::CloseForGood() { state_->Close(std::nullopt, true); }
void Server::CloseNow() { CloseNow(Status(Code::kUnavailable, "the server closed")); }
void Server::CloseNow(const Status& reason) { state_->Close(ToMessage(reason)); }
void Server::AwaitClosed() { state_->AwaitClosed(); }

Server::Builder::Builder(Address address) : plan_(new Plan(std::move(address))) {
  const std::string& name = plan_->address.name();
  plan_->settings.name = name.empty() ? "server" : name;
  plan_->settings.handshake_timeout = limits::kHelloTime;
}
Server::Builder::Builder(Builder&&) noexcept = default;
Server::Builder::~Builder() = default;

Server::Builder& Server::Builder::Name(std::string name) {
  plan_->settings.name = std::move(name);
  return *this;
}
Server::Builder& Server::Builder::Payload(std::string payload) {
  plan_->settings.payload = std::move(payload);
  return *this;
}
Server::Builder& Server::Builder::Service(ServiceDefinition service) {
  plan_->services.push_back(std::move(service));
  return *this;
}
Server::Builder& Server::Builder::Handlers(std::shared_ptr<parley::Handlers> handlers) {
  plan_->handlers = std::move(handlers);
  return *this;
}
Server::Builder& Server::Builder::Event(EventDefinition event) {
  plan_->events.push_back(std::move(event));
  return *this;
}
Server::Builder& Server::Builder::Admit(Admission admission) {
  plan_->admission = std::move(admission);
  return *this;
}
Server::Builder& Server::Builder::ClientUser(uid_t uid) {
  plan_->settings.users.insert(uid);
  return *this;
}
Server::Builder& Server::Builder::AnyClientUser() {
  plan_->settings.any_user = true;
  return *this;
}
Server::Builder& Server::Builder::MaxConnections(std::size_t max_connections) {
  plan_->max_connections = max_connections;
  return *this;
}
Server::Builder& Server::Builder::Listener(std::shared_ptr<LifecycleListener> listener) {
  plan_->listeners.push_back(std::move(listener));
  return *this;
}
Server::Builder& Server::Builder::MaxCalls(std::uint32_t max_calls) {
  plan_->settings.max_calls = max_calls;
  return *this;
}
Server::Builder& Server::Builder::MaxFrame(std::uint32_t max_frame) {
  plan_->settings.max_frame = max_frame;
  return *this;
}
Server::Builder& Server::Builder::Window(std::uint64_t window) {
  plan_->settings.window = window;
  return *this;
}

Server::Builder& Server::Builder::MaxMessage(std::uint64_t max_message) {
  plan_->settings.max_message = max_message;
  return *this;
}
Server::Builder& Server::Builder::MaxHandlers(std::size_t max_handlers) {
  plan_->max_handlers = max_handlers;
  return *this;
}
Server::Builder& Server::Builder::Topics(TopicOptions options) {
  plan_->topics = std::move(options);
  return *this;
}
Server::Builder& Server::Builder::Access(parley::Access access) {
  plan_->access = std::move(access);
  return *this;
}
Server::Builder& Server::Builder::SpinDown(std::chrono::nanoseconds idle,
                                           std::chrono::nanoseconds first) {
  plan_->idle = idle;
  plan_->first_idle = std::max(idle, first);
  return *this;
}
Server::Builder& Server::Builder::MaxHandshakes(std::size_t max_handshakes) {
  plan_->max_handshakes = max_handshakes;
  return *this;
}
Server::Builder& Server::Builder::HandshakeTimeout(std::chrono::nanoseconds timeout) {
  plan_->settings.handshake_timeout = timeout;
  return *this;
}
Server::Builder& Server::Builder::DrainTimeout(std::chrono::nanoseconds timeout) {
  plan_->settings.drain_timeout = timeout;
  return *this;
}

Server::Builder& Server::Builder::Keepalive(std::chrono::nanoseconds silence,
                                            std::chrono::nanoseconds patience) {
  plan_->settings.keepalive = Keepalive::Times{silence, patience};
  return *this;
}
Server::Builder& Server::Builder::Executor(std::shared_ptr<parley::Executor> executor) {
  plan_->executor = std::move(executor);
  return *this;
}
Server::Builder& Server::Builder::BusyPoll(std::chrono::nanoseconds bound) {
  plan_->settings.busy_poll = bound;
  return *this;
}
Server::Builder& Server::Builder::Retry(RetryPolicy retry) {
  plan_->calling.retry = retry;
  return *this;
}
Server::Builder& Server::Builder::InterceptCalls(ClientInterceptor interceptor) {
  plan_->calling.interceptors.push_back(std::move(interceptor));
  return *this;
}
Server::Builder& Server::Builder::InterceptHandlers(ServerInterceptor interceptor) {
  plan_->handler_interceptors.push_back(std::move(interceptor));
  return *this;
}

std::unique_ptr<Server> Server::Builder::Start() {
  plan_->settings.Check();
  if (plan_->max_handlers == 0 || plan_->max_handshakes == 0 || plan_->max_connections == 0) {
    throw std::invalid_argument(
        "the bounds of handlers, handshakes and connections must be above 0");
  }
  if (plan_->settings.any_user && !plan_->admission) {
    throw std::invalid_argument(
        "H-4: a server for clients of any user needs an admission that decides on them");
  }
  const auto workers = RunnerOf(plan_->executor, plan_->max_handlers);
  const auto services = std::make_shared<const Services>(
      plan_->services, plan_->events, workers, plan_->handler_interceptors, plan_->handlers,
      TopicHub::Of(plan_->topics, workers));
  const auto state = std::make_shared<State>(
      plan_->address, plan_->settings, services, workers,
      std::make_shared<const Calling>(plan_->calling), plan_->admission, plan_->handlers,
      plan_->max_handshakes, plan_->max_connections, plan_->listeners);
  if (plan_->idle.has_value()) {
    state->SpinDown(*plan_->idle, plan_->first_idle);
  }
  state->Start(plan_->access);
  return std::unique_ptr<Server>(new Server(state));
}

std::unique_ptr<Server> Server::Builder::TryStart() {
  try {
    return Start();
  } catch (const TransportError& error) {
    if (error.reason() == TransportError::Reason::kInUse) {
      return nullptr;
    }
    throw;
  }
}

}  // namespace parley
