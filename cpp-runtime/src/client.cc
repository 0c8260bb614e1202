#include "parley/client.h"

#include <unistd.h>

#include <vector>

#include "connection/borrowed_executor.h"
#include "connection/fault.h"
#include "connection/shared_loop.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/transport/transport_error.h"
#include "rpc/connected_peer.h"
#include "rpc/conversions.h"
#include "rpc/doorstep.h"

namespace parley {
namespace {

// How many handlers of one client may run or wait to run at once.
constexpr std::size_t kMaxHandlers = 1024;

Code CodeOf(TransportError::Reason reason) {
  switch (reason) {
    case TransportError::Reason::kBadAddress:
      return Code::kInvalidArgument;
    case TransportError::Reason::kRefused:
      return Code::kPermissionDenied;
    case TransportError::Reason::kExhausted:
      return Code::kResourceExhausted;
    case TransportError::Reason::kInUse:
    case TransportError::Reason::kNotListening:
    case TransportError::Reason::kSystem:
      return Code::kUnavailable;
  }
  return Code::kUnavailable;
}

}  // namespace

struct Client::State {
  std::shared_ptr<SharedLoop> loop;
  std::shared_ptr<TaskRunner> workers;
  std::shared_ptr<ConnectedPeer> peer;
  std::string payload;
};

struct Client::Builder::Plan {
  Address address;
  Settings settings;
  std::vector<ServiceDefinition> services;
  std::vector<EventDefinition> events;
  Calling calling;
  std::shared_ptr<parley::Executor> executor;
  std::vector<ServerInterceptor> handler_interceptors;
};

std::unique_ptr<Client> Client::Connect(const Address& address) {
  return Builder(address).Connect();
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}

Client::~Client() {
  Close();
  // The handlers' objects may end with this client.
  state_->workers->Stop();
}

void Client::StartCall(std::shared_ptr<ClientCall> call) {
  state_->peer->StartCall(std::move(call));
}
const std::string& Client::name() const { return state_->peer->name(); }
const Credentials& Client::credentials() const { return state_->peer->credentials(); }
bool Client::IsOpen() const { return state_->peer->IsOpen(); }
std::future<std::chrono::nanoseconds> Client::Ping() { return state_->peer->Ping(); }
const std::string& Client::payload() const { return state_->payload; }

void Client::QueueEvent(std::string_view name, const OutgoingMessage& event,
                        const Metadata& metadata) {
  state_->peer->QueueEvent(name, event, metadata);
}

void Client::Close() {
  state_->peer->connection().Close();
  AwaitClosed();
}

void Client::CloseNow() { CloseNow(Status(Code::kCancelled, "the client closed the connection")); }

void Client::CloseNow(const Status& reason) {
  state_->peer->connection().CloseNow(ToMessage(reason));
  AwaitClosed();
}

void Client::AwaitClosed() { state_->peer->connection().AwaitEnded(); }

Client::Builder::Builder(Address address)
    : plan_(new Plan{std::move(address), Settings(), {}, {}, {}, nullptr, {}}) {
  plan_->settings.name = "client-" + std::to_string(::getpid());
}
Client::Builder::Builder(Builder&&) noexcept = default;
Client::Builder::~Builder() = default;

Client::Builder& Client::Builder::Name(std::string name) {
  plan_->settings.name = std::move(name);
  return *this;
}
Client::Builder& Client::Builder::Payload(std::string payload) {
  plan_->settings.payload = std::move(payload);
  return *this;
}
Client::Builder& Client::Builder::Service(ServiceDefinition service) {
  plan_->services.push_back(std::move(service));
  return *this;
}
Client::Builder& Client::Builder::Event(EventDefinition event) {
  plan_->events.push_back(std::move(event));
  return *this;
}
Client::Builder& Client::Builder::MaxCalls(std::uint32_t max_calls) {
  plan_->settings.max_calls = max_calls;
  return *this;
}
Client::Builder& Client::Builder::MaxFrame(std::uint32_t max_frame) {
  plan_->settings.max_frame = max_frame;
  return *this;
}
Client::Builder& Client::Builder::Window(std::uint64_t window) {
  plan_->settings.window = window;
  return *this;
}

Client::Builder& Client::Builder::MaxMessage(std::uint64_t max_message) {
  plan_->settings.max_message = max_message;
  return *this;
}
Client::Builder& Client::Builder::ConnectTimeout(std::chrono::nanoseconds timeout) {
  plan_->settings.handshake_timeout = timeout;
  return *this;
}
Client::Builder& Client::Builder::DrainTimeout(std::chrono::nanoseconds timeout) {
  plan_->settings.drain_timeout = timeout;
  return *this;
}

Client::Builder& Client::Builder::Keepalive(std::chrono::nanoseconds silence,
                                            std::chrono::nanoseconds patience) {
  plan_->settings.keepalive = Keepalive::Times{silence, patience};
  return *this;
}
Client::Builder& Client::Builder::Executor(std::shared_ptr<parley::Executor> executor) {
  plan_->executor = std::move(executor);
  return *this;
}
Client::Builder& Client::Builder::BusyPoll(std::chrono::nanoseconds bound) {
  plan_->settings.busy_poll = bound;
  return *this;
}
Client::Builder& Client::Builder::Retry(RetryPolicy retry) {
  plan_->calling.retry = retry;
  return *this;
}
Client::Builder& Client::Builder::InterceptCalls(ClientInterceptor interceptor) {
  plan_->calling.interceptors.push_back(std::move(interceptor));
  return *this;
}
Client::Builder& Client::Builder::InterceptHandlers(ServerInterceptor interceptor) {
  plan_->handler_interceptors.push_back(std::move(interceptor));
  return *this;
}

std::unique_ptr<Client> Client::Builder::Connect() {
  plan_->settings.Check();
  auto state = std::make_unique<State>();
  state->workers = RunnerOf(plan_->executor, kMaxHandlers);
  const auto services = std::make_shared<const Services>(
      plan_->services, plan_->events, state->workers, plan_->handler_interceptors);
  Settings settings = plan_->settings;
  std::unique_ptr<Link> link;
  const auto began = std::chrono::steady_clock::now();
  try {
    link = SocketLink::Connect(
        plan_->address.endpoint(),
        std::chrono::ceil<std::chrono::milliseconds>(settings.handshake_timeout));
  } catch (const TransportError& error) {
    throw RpcException(Status(CodeOf(error.reason()), error.what()), Outcome::kNotSent);
  }
  settings.handshake_spent = std::chrono::steady_clock::now() - began;
  const int descriptor = link->descriptor();
  const auto doorstep = std::make_shared<Doorstep>();
  state->loop = SharedLoop::Get();
  state->peer = ConnectedPeer::Of(Side::kConnecting, std::move(link), std::move(settings),
                                  state->loop->loop(), services,
                                  std::make_shared<const Calling>(plan_->calling), doorstep,
                                  plan_->address.name(), plan_->address.ToString());
  state->loop->loop()->Hold(state->peer->shared_connection(), descriptor);
  state->payload = doorstep->Await();
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

}  // namespace parley
