#include "parley/node.h"

#include <future>
#include <map>
#include <mutex>
#include <optional>

#include "connection/step_aside.h"
#include "connection/workers.h"
#include "lifecycle.h"
#include "parley/client.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/server.h"

namespace parley {

struct Node::Builder::Plan {
  explicit Plan(const std::string& of) : name(of), address(Address::Of(of)) {}

  std::string name;
  Address address;
  TopicOptions topics;
  bool one_at_a_time = false;
  std::optional<std::string> space;
  parley::Reconnect reconnect = parley::Reconnect::kDefault;
  std::vector<std::shared_ptr<LifecycleListener>> listeners;
  Admission admission;
  std::string payload;
  std::vector<ServiceDefinition> services;
  std::vector<EventDefinition> events;
  std::shared_ptr<parley::Handlers> handlers = std::make_shared<parley::Handlers>();
  std::shared_ptr<parley::Executor> executor;
  std::vector<ClientInterceptor> call_interceptors;
  std::vector<ServerInterceptor> handler_interceptors;

  Address AddressOf(const std::string& node) const {
    return space.has_value() ? Address::Of(node, *space) : Address::Of(node);
  }

  /// What a server and a client have alike.
  template <typename B>
  B& Fill(B& builder) const {
    builder.Name(name).Payload(payload).Handlers(handlers);
    for (const ServiceDefinition& service : services) {
      builder.Service(service);
    }
    for (const EventDefinition& event : events) {
      builder.Event(event);
    }
    for (const ClientInterceptor& interceptor : call_interceptors) {
      builder.InterceptCalls(interceptor);
    }
    for (const ServerInterceptor& interceptor : handler_interceptors) {
      builder.InterceptHandlers(interceptor);
    }
    if (executor != nullptr) {
      builder.Executor(executor);
    }
    return builder;
  }
};

namespace {

/// Tells a node's listeners of what befalls its server and its clients.
class Retold final : public LifecycleListener {
 public:
  explicit Retold(std::shared_ptr<Lifecycle> to) : to_(std::move(to)) {}

  // A peer lives until this returns, so its event is told from here to the end.
  void Connected(Peer& peer) override {
    to_->TellAndWait([&peer](LifecycleListener& listener) { listener.Connected(peer); });
  }
  void Disconnected(Peer& peer, const Status& reason, bool will_retry) override {
    to_->TellAndWait(
        [&](LifecycleListener& listener) { listener.Disconnected(peer, reason, will_retry); });
  }
  void Failed(const std::exception& error) override {
    to_->TellAndWait([&error](LifecycleListener& listener) { listener.Failed(error); });
  }

 private:
  const std::shared_ptr<Lifecycle> to_;
};

}  // namespace

/// What a running node has. Safe for use by many threads.
class Node::State {
 public:
  explicit State(const Builder::Plan& plan)
      : plan_(plan),
        chores_(std::make_shared<Workers>(Workers::kUnbounded)),
        lifecycle_(std::make_shared<Lifecycle>(plan.listeners, chores_)) {
    lifecycle_->Tell([](LifecycleListener& listener) { listener.Started(); });
    Server::Builder builder(plan_.address);
    plan_.Fill(builder).Topics(plan_.topics).Listener(std::make_shared<Retold>(lifecycle_));
    if (plan_.admission) {
      builder.Admit(plan_.admission);
    }
    try {
      server_ = builder.Start();
    } catch (...) {
      chores_->Stop();
      throw;
    }
  }

  const std::string& name() const { return plan_.name; }
  Handlers& handlers() const { return *plan_.handlers; }

  Topics& topics() const { return server_->topics(); }

  std::vector<std::shared_ptr<Peer>> peers() const {
    std::vector<std::shared_ptr<Peer>> all = server_->peers();
    std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [name, client] : dialled_) {
      const std::shared_ptr<Client> there = Ready(client);
      if (there != nullptr && there->IsOpen()) {
        all.push_back(there);
      }
    }
    return all;
  }

  std::shared_ptr<Peer> Dial(const std::string& name) {
    const Address address = plan_.AddressOf(name);
    std::promise<std::shared_ptr<Client>> connecting;
    Dialled client;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (closed_) {
        throw Closed();
      }
      const auto known = dialled_.find(name);
      if (known != dialled_.end() && !IsOver(known->second)) {
        client = known->second;
      } else {
        dialled_[name] = connecting.get_future().share();
      }
    }
    if (client.valid()) {
      StepAside();
      return client.get();
    }
    return Connect(address, connecting);
  }

  void Disconnect(const std::string& name) {
    Dialled client;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      const auto known = dialled_.find(name);
      if (known == dialled_.end()) {
        return;
      }
      client = known->second;
      dialled_.erase(known);
    }
    CloseOne(client);
  }

  void Close() {
    std::map<std::string, Dialled> clients;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (closed_) {
        return;
      }
      closed_ = true;
      clients.swap(dialled_);
    }
    for (const auto& [name, client] : clients) {
      CloseOne(client);
    }
    clients.clear();
    server_->Close();
    lifecycle_->Tell([](LifecycleListener& listener) { listener.Stopped(); });
    chores_->Stop();
  }

 private:
  using Dialled = std::shared_future<std::shared_ptr<Client>>;

  std::shared_ptr<Peer> Connect(const Address& address,
                                std::promise<std::shared_ptr<Client>>& connecting) {
    std::shared_ptr<Client> client;
    try {
      Client::Builder builder(address);
      plan_.Fill(builder)
          .Reconnect(plan_.reconnect)
          .OneAtATime(plan_.one_at_a_time)
          .Hub(server_->hub())
          .Listener(std::make_shared<Retold>(lifecycle_));
      client = builder.Connect();
    } catch (...) {
      connecting.set_exception(std::current_exception());
      throw;
    }
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!closed_) {
        connecting.set_value(client);
        return client;
      }
    }
    client->CloseNow();
    connecting.set_exception(std::make_exception_ptr(Closed()));
    throw Closed();
  }

  RpcException Closed() const {
    return RpcException(Status(Code::kUnavailable, "the node " + plan_.name + " is closed"),
                        Outcome::kNotSent);
  }

  /// The client, or null while there is none.
  static std::shared_ptr<Client> Ready(const Dialled& client) {
    if (client.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      return nullptr;
    }
    try {
      return client.get();
    } catch (const RpcException&) {
      return nullptr;
    }
  }

  /// Whether it is of no use any more, so that another connection may be made.
  static bool IsOver(const Dialled& client) {
    if (client.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      return false;
    }
    const std::shared_ptr<Client> there = Ready(client);
    return there == nullptr || there->HasEnded();
  }

  static void CloseOne(const Dialled& client) {
    try {
      client.get()->Close();
    } catch (const RpcException&) {
      // It never came to be.
    }
  }

  const Builder::Plan plan_;
  const std::shared_ptr<Workers> chores_;
  const std::shared_ptr<Lifecycle> lifecycle_;
  std::unique_ptr<Server> server_;

  mutable std::mutex mutex_;
  std::map<std::string, Dialled> dialled_;
  bool closed_ = false;
};

Node::Builder Node::Named(const std::string& name) { return Builder(name); }

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() { Close(); }

const std::string& Node::name() const { return state_->name(); }
Handlers& Node::handlers() const { return state_->handlers(); }
parley::Topics& Node::topics() const { return state_->topics(); }
PeerGroup Node::everyone() const {
  return PeerGroup([state = state_.get()] { return state->peers(); });
}
std::vector<std::shared_ptr<Peer>> Node::peers() const { return state_->peers(); }
std::shared_ptr<Peer> Node::peer(const std::string& name) { return state_->Dial(name); }
void Node::Disconnect(const std::string& name) { state_->Disconnect(name); }
void Node::Close() { state_->Close(); }

Node::Builder::Builder(const std::string& name) : plan_(new Plan(name)) {}
Node::Builder::Builder(Builder&&) noexcept = default;
Node::Builder::~Builder() = default;

Node::Builder& Node::Builder::Space(std::string space) {
  plan_->address = Address::Of(plan_->name, space);
  plan_->space = std::move(space);
  return *this;
}
Node::Builder& Node::Builder::OneAtATime(bool one) {
  plan_->one_at_a_time = one;
  return *this;
}
Node::Builder& Node::Builder::Topics(TopicOptions options) {
  plan_->topics = std::move(options);
  return *this;
}
Node::Builder& Node::Builder::Reconnect(parley::Reconnect reconnect) {
  plan_->reconnect = reconnect;
  return *this;
}
Node::Builder& Node::Builder::Listener(std::shared_ptr<LifecycleListener> listener) {
  plan_->listeners.push_back(std::move(listener));
  return *this;
}
Node::Builder& Node::Builder::Admit(Admission admission) {
  plan_->admission = std::move(admission);
  return *this;
}
Node::Builder& Node::Builder::Payload(std::string payload) {
  plan_->payload = std::move(payload);
  return *this;
}
Node::Builder& Node::Builder::Service(ServiceDefinition service) {
  plan_->services.push_back(std::move(service));
  return *this;
}
Node::Builder& Node::Builder::Event(EventDefinition event) {
  plan_->events.push_back(std::move(event));
  return *this;
}
Node::Builder& Node::Builder::Handlers(std::shared_ptr<parley::Handlers> handlers) {
  plan_->handlers = std::move(handlers);
  return *this;
}
Node::Builder& Node::Builder::Executor(std::shared_ptr<parley::Executor> executor) {
  plan_->executor = std::move(executor);
  return *this;
}
Node::Builder& Node::Builder::InterceptCalls(ClientInterceptor interceptor) {
  plan_->call_interceptors.push_back(std::move(interceptor));
  return *this;
}
Node::Builder& Node::Builder::InterceptHandlers(ServerInterceptor interceptor) {
  plan_->handler_interceptors.push_back(std::move(interceptor));
  return *this;
}

std::unique_ptr<Node> Node::Builder::Start() {
  return std::unique_ptr<Node>(new Node(std::make_unique<State>(*plan_)));
}

}  // namespace parley
