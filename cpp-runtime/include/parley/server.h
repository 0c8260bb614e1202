#ifndef PARLEY_SERVER_H_
#define PARLEY_SERVER_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/address.h"
#include "parley/admission.h"
#include "parley/connection/executor.h"
#include "parley/export.h"
#include "parley/lifecycle_listener.h"
#include "parley/rpc/client_interceptor.h"
#include "parley/rpc/event_definition.h"
#include "parley/rpc/handlers.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/peer_group.h"
#include "parley/rpc/retry_policy.h"
#include "parley/rpc/server_interceptor.h"
#include "parley/rpc/service_definition.h"
#include "parley/rpc/status.h"
#include "parley/rpc/topic_options.h"
#include "parley/rpc/topics.h"
#include "parley/transport/access.h"

namespace parley {

class TopicHub;

/// Services at an address, and the peers that are connected to it.
///
/// Safe for use by many threads; to be destroyed by one, outside of its own handlers. Destroying it
/// closes it as Close does. Only processes of the same user, or of root, are let in.
///
///     auto server = parley::Server::Builder(parley::Address::Of("greeter"))
///                       .Service(Greeter::Bind(service))
///                       .Start();
///     server->AwaitClosed();
class PARLEY_EXPORT Server final {
 public:
  class Builder;

  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const Address& address() const;

  /// What it serves without a schema, which may come and go (U-1).
  parley::Handlers& handlers() const;

  /// The topics that it keeps: its clients and this program publish and subscribe (E-2).
  parley::Topics& topics() const;

  /// All of peers(), to tell or ask something all at once.
  PeerGroup everyone() const;

  /// The peers that are connected now, each usable as long as it is held.
  std::vector<std::shared_ptr<Peer>> peers() const;

  /// The one with that Peer::id, or null if it is not connected.
  std::shared_ptr<Peer> peer(std::uint64_t id) const;

  /// Puts the socket file back that somebody has removed or replaced (N-13), of which the
  /// LifecycleListener is told. Connections that are there go on. Without effect if it is in its
  /// place.
  /// @throws TransportError if another server has taken the place, or it is not safe
  void RestoreSocket();

  /// Takes no more connections and calls, waits for the calls in flight, at most for the drain
  /// limit of 5 s, and ends every connection. More calls wait for the same end. Clients that
  /// reconnect come back when there is a server again.
  void Close();

  /// As Close, and tells the clients not to come back by themselves.
  void CloseForGood();

  /// Ends everything at once: calls in flight fail, UNKNOWN or NOT_SENT at their callers, and the
  /// clients are told. Returns when they have closed as well, or after a second.
  void CloseNow();

  /// The same, with the reason that the other side is told and calls on both sides carry.
  void CloseNow(const Status& reason);

  /// Waits until the server has closed.
  void AwaitClosed();

 private:
  friend class Node;
  friend class Builder;
  class State;

  explicit Server(std::shared_ptr<State> state);
  /// For a node, which has other connections beside.
  const std::shared_ptr<TopicHub>& hub() const;

  const std::shared_ptr<State> state_;
};

/// Says what to serve, and where. For one thread.
class PARLEY_EXPORT Server::Builder {
 public:
  explicit Builder(Address address);
  Builder(Builder&&) noexcept;
  ~Builder();

  /// The name that this side claims in its HELLO; that of its address unless set, `server` if the
  /// address has none.
  Builder& Name(std::string name);

  /// What HELLO carries for the application: at most 8 KiB.
  Builder& Payload(std::string payload);

  /// Adds a service.
  Builder& Service(ServiceDefinition service);

  /// Takes the events of one name.
  template <typename E>
  Builder& OnEvent(std::string name, std::common_type_t<EventHandler<E>> handler) {
    return Event(EventDefinition::Of<E>(std::move(name), std::move(handler)));
  }
  Builder& Event(EventDefinition event);

  /// Serves what `handlers` has, which may come and go; they may serve others too.
  Builder& Handlers(std::shared_ptr<parley::Handlers> handlers);

  /// Runs handlers on an executor of the user's; unless set, on threads of this side's own.
  ///
  /// It bounds how many handlers run, not how many wait: while all threads that it gives to
  /// handlers sleep, in a call or a lock, say, the next handler runs on a thread of this side's own
  /// after a few milliseconds. So handlers that wait for one another never wait for a thread, even
  /// if there is only one. Handlers that must exclude one another need a lock, then, if they wait.
  Builder& Executor(std::shared_ptr<parley::Executor> executor);

  /// How long a thread that reads looks for more, after activity, before it sleeps; 50 us unless
  /// set, zero: not at all. It gives way to others on its core meanwhile, does it less where it
  /// does not pay, and never on an idle connection. A thread that waits for a reply reads itself,
  /// for twice that time; with zero the reply is always handed over to it.
  Builder& BusyPoll(std::chrono::nanoseconds bound);

  /// How a call to a client is retried whose options do not say; RetryPolicy::kDefault unless
  /// set.
  Builder& Retry(RetryPolicy retry);

  /// Puts an interceptor before the calls that this side makes, behind those that were given
  /// before.
  Builder& InterceptCalls(ClientInterceptor interceptor);

  /// Puts an interceptor before the handlers of this side, behind those that were given before.
  Builder& InterceptHandlers(ServerInterceptor interceptor);

  /// Asks `admission` about every peer; without one all peers of the same user are let in.
  Builder& Admit(Admission admission);

  /// Lets clients of that user come as far as the admission, beside this user's and root's.
  Builder& ClientUser(uid_t uid);
  /// Lets clients of any user come as far as the admission, which must be given.
  Builder& AnyClientUser();
  /// How many clients may be connected at once; without a bound unless set.
  Builder& MaxConnections(std::size_t max_connections);

  /// Is told how the server fares; several may be, one after the other.
  Builder& Listener(std::shared_ptr<LifecycleListener> listener);

  /// How many calls of one peer may be in flight at once; 1024 unless set.
  Builder& MaxCalls(std::uint32_t max_calls);
  /// The largest frame that is accepted, in bytes; 4 MiB unless set, at least 16 KiB.
  Builder& MaxFrame(std::uint32_t max_frame);
  /// The largest message that is put together, in bytes; 64 MiB unless set.
  Builder& MaxMessage(std::uint64_t max_message);
  /// What a client may send on one call, and as events, before this side has consumed any of it, in
  /// bytes with 64 a message; 256 KiB unless set, at least 1 (W-1).
  Builder& Window(std::uint64_t window);
  /// How many handlers of all peers may run or wait to run at once; 1024 unless set
  /// (C-5).
  Builder& MaxHandlers(std::size_t max_handlers);

  /// Who may reach the socket, beside this user and root (N-9): nobody unless set. For others the
  /// address must be a path, in a directory that they may enter and not change; and Admit with
  /// ClientUser or AnyClientUser says whom the server takes.
  Builder& Access(parley::Access access);

  /// Closes the server by itself once nobody has been connected for that long: not unless set. It
  /// never does so while a call runs. A client that comes in that moment is refused UNAVAILABLE
  /// before it has sent a call, and finds or starts the next server; see Client::Builder::SpinUp.
  /// Server::AwaitClosed tells of the end.
  /// @param first how long it waits for its first client: 10 s, or `idle` if that is longer
  Builder& SpinDown(std::chrono::nanoseconds idle,
                    std::chrono::nanoseconds first = std::chrono::seconds(10));

  /// How it keeps its topics.
  Builder& Topics(TopicOptions options);
  /// How many connections of one user may be without a HELLO at once; 64 unless set (H-5).
  Builder& MaxHandshakes(std::size_t max_handshakes);
  /// How long a client may take for its HELLO; 5 s unless set.
  Builder& HandshakeTimeout(std::chrono::nanoseconds timeout);
  /// Asks a peer of whom nothing has come for `silence` for a sign of life, and gives the
  /// connection up, UNAVAILABLE, if nothing comes for `patience` either (P-2). Off unless set: the
  /// kernel tells of a peer that dies, so this finds only one that hangs. 30 s and 20 s are good
  /// values.
  Builder& Keepalive(std::chrono::nanoseconds silence, std::chrono::nanoseconds patience);
  /// How long Close waits for calls in flight; 5 s unless set.
  Builder& DrainTimeout(std::chrono::nanoseconds timeout);

  /// Claims the address and serves. Connections are accepted when this returns.
  /// @throws TransportError if the address cannot be claimed
  /// @throws std::invalid_argument if a name is served twice, or a setting is out of its bounds
  std::unique_ptr<Server> Start();

  /// The same, but gives null if another server is at the address already.
  std::unique_ptr<Server> TryStart();

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace parley

#endif  // PARLEY_SERVER_H_
