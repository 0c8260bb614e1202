#ifndef PARLEY_NODE_H_
#define PARLEY_NODE_H_

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/admission.h"
#include "parley/connection/executor.h"
#include "parley/export.h"
#include "parley/lifecycle_listener.h"
#include "parley/reconnect.h"
#include "parley/rpc/client_interceptor.h"
#include "parley/rpc/event_definition.h"
#include "parley/rpc/handlers.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/peer_group.h"
#include "parley/rpc/server_interceptor.h"
#include "parley/rpc/service_definition.h"
#include "parley/rpc/topic_options.h"
#include "parley/rpc/topics.h"

namespace parley {

/// A process with a name: a server under it, and a client of every other node that it talks to.
/// What it serves, it serves to whoever connects and to whomever it has connected to.
///
///     auto node = parley::Node::Named("test-one").Start();
///     node->handlers().RespondBytes("hello", [](std::string_view data, parley::CallContext&) {
///       return "hello, " + std::string(data);
///     });
///     std::string reply = node->peer("test-two")->RequestBytes("hello", "world");
///
/// Safe for use by many threads; to be destroyed by one, outside of its own handlers, which closes
/// it as Close does. A peer that was dialled by a name bears that name. The name that a peer claims
/// in its HELLO is no more than that: authority comes from Peer::credentials.
class PARLEY_EXPORT Node {
 public:
  class Builder;

  /// A node of that name to be.
  /// @throws std::invalid_argument if it is no name (N-2)
  static Builder Named(const std::string& name);

  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const std::string& name() const;

  /// What it serves without a schema, which may come and go (U-1).
  Handlers& handlers() const;

  /// The topics that this node keeps: whoever is connected to it, and this program, publish and
  /// subscribe. Those of another node are its Peer::topics.
  parley::Topics& topics() const;

  /// All of peers(), to tell or ask something all at once.
  PeerGroup everyone() const;

  /// All who are connected just now: those that came, and those that this node has dialled.
  std::vector<std::shared_ptr<Peer>> peers() const;

  /// The node of that name, connected to on first use: once, however many ask at the same time.
  /// From then on this node comes back to it by itself.
  /// @throws RpcException UNAVAILABLE, NOT_SENT if no such node is up
  /// @throws std::invalid_argument if it is no name (N-2)
  std::shared_ptr<Peer> peer(const std::string& name);

  /// Closes the connection to the node of that name, if this one has dialled it.
  void Disconnect(const std::string& name);

  /// Gives the name back and closes all connections gracefully.
  void Close();

 private:
  class State;

  explicit Node(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

/// Says what a node is made of. For one thread.
class PARLEY_EXPORT Node::Builder {
 public:
  explicit Builder(const std::string& name);
  Builder(Builder&&) noexcept;
  ~Builder();

  /// The space in which it lives; nodes in different spaces never meet. `app` unless set.
  /// @throws std::invalid_argument if it is no name (N-2)
  Builder& Space(std::string space);

  /// How it comes back to nodes that it was connected to: Reconnect::kDefault unless set.
  Builder& Reconnect(parley::Reconnect reconnect);

  /// Is told how the node fares; several may be, one after the other.
  Builder& Listener(std::shared_ptr<LifecycleListener> listener);

  /// Sends one request at a time to each node; see Client::Builder::OneAtATime.
  Builder& OneAtATime(bool one = true);

  /// How it keeps its topics.
  Builder& Topics(TopicOptions options);

  /// Asks `admission` about every node that connects.
  Builder& Admit(Admission admission);

  /// What HELLO carries for the application: at most 8 KiB.
  Builder& Payload(std::string payload);

  /// Serves a service.
  Builder& Service(ServiceDefinition service);

  /// Takes the events of one name.
  template <typename E>
  Builder& OnEvent(std::string name, std::common_type_t<EventHandler<E>> handler) {
    return Event(EventDefinition::Of<E>(std::move(name), std::move(handler)));
  }
  Builder& Event(EventDefinition event);

  /// Serves what `handlers` has, which may come and go; they may serve others too.
  Builder& Handlers(std::shared_ptr<parley::Handlers> handlers);

  /// Runs handlers on an executor of the user's; see Server::Builder::Executor.
  Builder& Executor(std::shared_ptr<parley::Executor> executor);

  /// Puts an interceptor before the calls that this side makes, behind those that were given
  /// before.
  Builder& InterceptCalls(ClientInterceptor interceptor);

  /// Puts an interceptor before the handlers of this side, behind those that were given before.
  Builder& InterceptHandlers(ServerInterceptor interceptor);

  /// Claims the name and begins to serve.
  /// @throws TransportError if another node has the name, or the place is not safe
  /// @throws std::invalid_argument if a name is served twice
  std::unique_ptr<Node> Start();

 private:
  friend class Node;
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace parley

#endif  // PARLEY_NODE_H_
