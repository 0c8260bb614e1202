#include "parley/client.h"

#include <unistd.h>

#include <cstdint>
#include <vector>

#include "client_state.h"
#include "connection/borrowed_executor.h"
#include "connection/shared_loop.h"
#include "rpc/conversions.h"

namespace parley {
namespace {

// How many handlers of one client may run or wait to run at once.
constexpr std::size_t kMaxHandlers = 1024;

}  // namespace

struct Client::Builder::Plan {
  explicit Plan(Address of) : address(std::move(of)) {}

  Address address;
  Settings settings;
  std::vector<ServiceDefinition> services;
  std::vector<EventDefinition> events;
  Calling calling;
  std::shared_ptr<parley::Executor> executor;
  std::vector<ServerInterceptor> handler_interceptors;
  parley::Reconnect reconnect = parley::Reconnect::kNone;
  std::vector<std::shared_ptr<LifecycleListener>> listeners;
  std::shared_ptr<parley::Handlers> handlers = std::make_shared<parley::Handlers>();
  std::shared_ptr<TopicHub> hub;
  bool one_at_a_time = false;
  std::optional<parley::SpinUp> spin_up;

  std::unique_ptr<Client> Make(std::unique_ptr<ClientWay> way = nullptr);
};

std::unique_ptr<Client> Client::Connect(const Address& address) {
  return Builder(address).Connect();
}

Client::Client() = default;

Client::~Client() {
  if (state_ == nullptr) {
    return;
  }
  state_->Close(std::nullopt);
  // The handlers' objects may end with this client.
  workers_->Stop();
  chores_->Stop();
}

void Client::StartCall(std::shared_ptr<ClientCall> call) { state_->StartCall(std::move(call)); }
std::function<void()> Client::Follow(std::shared_ptr<Follower> follower) {
  return state_->Follow(std::move(follower));
}
std::string Client::name() const { return state_->name(); }
std::uint64_t Client::id() const { return state_->id(); }
std::any Client::attachment() const { return state_->attachment(); }
void Client::Attach(std::any attachment) { state_->Attach(std::move(attachment)); }
Credentials Client::credentials() const { return state_->Connected()->credentials(); }
bool Client::IsOpen() const { return state_->IsOpen(); }
std::future<std::chrono::nanoseconds> Client::Ping() { return state_->Connected()->Ping(); }
std::string Client::payload() const { return state_->payload(); }
void Client::StopReconnecting() { state_->StopReconnecting(); }

void Client::QueueEvent(std::string_view name, const OutgoingMessage& event,
                        const Metadata& metadata) {
  state_->Connected()->QueueEvent(name, event, metadata);
}

void Client::Close() { state_->Close(std::nullopt); }

void Client::CloseNow() { CloseNow(Status(Code::kCancelled, "the client closed the connection")); }

void Client::CloseNow(const Status& reason) { state_->Close(ToMessage(reason)); }

bool Client::HasEnded() const { return state_->HasEnded(); }
void Client::AwaitClosed() { state_->AwaitClosed(); }

Client::Builder::Builder(Address address) : plan_(new Plan(std::move(address))) {
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
Client::Builder& Client::Builder::Handlers(std::shared_ptr<parley::Handlers> handlers) {
  plan_->handlers = std::move(handlers);
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

Client::Builder& Client::Builder::Reconnect(parley::Reconnect reconnect) {
  plan_->reconnect = reconnect;
  return *this;
}
Client::Builder& Client::Builder::Listener(std::shared_ptr<LifecycleListener> listener) {
  plan_->listeners.push_back(std::move(listener));
  return *this;
}
Client::Builder& Client::Builder::SpinUp(parley::SpinUp spin_up) {
  if (plan_->address.endpoint().kind() != Endpoint::Kind::kPath) {
    throw std::invalid_argument("N-11: " + plan_->address.ToString() +
                                " has no path, and its start cannot be locked");
  }
  plan_->spin_up = std::move(spin_up);
  return *this;
}
Client::Builder& Client::Builder::OneAtATime(bool one) {
  plan_->one_at_a_time = one;
  return *this;
}
Client::Builder& Client::Builder::Hub(std::shared_ptr<TopicHub> hub) {
  plan_->hub = std::move(hub);
  return *this;
}
Client::Builder& Client::Builder::ServerUser(uid_t uid) {
  plan_->settings.users.insert(uid);
  return *this;
}

Client::Builder Client::Builder::OverLink() {
  // Where it leads is said by the link.
  return Builder(Address::Inherited(0));
}

std::unique_ptr<Client> Client::Builder::ConnectAhead(std::unique_ptr<ClientWay> way) {
  std::unique_ptr<Client> client = plan_->Make(std::move(way));
  client->state_->ConnectAhead();
  return client;
}

std::unique_ptr<Client> Client::Builder::ConnectOver(std::unique_ptr<ClientWay> way) {
  std::unique_ptr<Client> client = plan_->Make(std::move(way));
  client->state_->ConnectNow();
  return client;
}

std::unique_ptr<Client> Client::Builder::Plan::Make(std::unique_ptr<ClientWay> way) {
  settings.Check();
  std::unique_ptr<Client> client(new Client());
  client->workers_ = RunnerOf(executor, kMaxHandlers);
  client->handlers_ = handlers;
  client->chores_ = std::make_shared<Workers>(Workers::kUnbounded);
  client->loop_ = SharedLoop::Get();
  const auto served = std::make_shared<const Services>(services, events, client->workers_,
                                                       handler_interceptors, handlers, hub);
  client->state_ = std::make_shared<State>(
      *client, address, settings, served, std::make_shared<const Calling>(calling),
      client->loop_->loop(), client->chores_, std::move(way),
      spin_up.has_value() ? std::make_unique<SpinSearch>(*spin_up, address) : nullptr, reconnect,
      one_at_a_time, listeners);
  return client;
}

std::unique_ptr<Client> Client::Builder::Connect() {
  std::unique_ptr<Client> client = plan_->Make();
  client->state_->ConnectNow();
  return client;
}

std::unique_ptr<Client> Client::Builder::ConnectLater() {
  std::unique_ptr<Client> client = plan_->Make();
  client->state_->ConnectLater();
  return client;
}

}  // namespace parley
