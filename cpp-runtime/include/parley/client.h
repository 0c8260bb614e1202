#ifndef PARLEY_CLIENT_H_
#define PARLEY_CLIENT_H_

#include <sys/types.h>

#include <any>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/address.h"
#include "parley/connection/executor.h"
#include "parley/export.h"
#include "parley/lifecycle_listener.h"
#include "parley/reconnect.h"
#include "parley/rpc/client_interceptor.h"
#include "parley/rpc/event_definition.h"
#include "parley/rpc/handlers.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/retry_policy.h"
#include "parley/rpc/server_interceptor.h"
#include "parley/rpc/service_definition.h"
#include "parley/rpc/status.h"
#include "parley/spin_up.h"

namespace parley {

struct ClientWay;
class SharedLoop;
class TaskRunner;
class TopicHub;
class Workers;

/// A server, from the side that connects to it: a Peer to call. It may serve services and take
/// events as well.
///
/// Safe for use by many threads; to be destroyed by one, outside of its own handlers. Destroying it
/// closes it as Close does. It ends when it is closed or, unless it is to reconnect, when its
/// connection is lost. One that reconnects has one connection after another: what it serves and
/// listens to stays, calls in flight end with their outcome (G-6).
///
///     auto client = parley::Client::Connect(parley::Address::Of("greeter"));
///     HelloReply reply = Greeter::Client(*client).Hello(request);
class PARLEY_EXPORT Client final : public Peer {
 public:
  class Builder;

  /// Connects and shakes hands.
  /// @throws RpcException UNAVAILABLE if no server is there, or the code of its refusal; outcome
  ///     NOT_SENT
  static std::unique_ptr<Client> Connect(const Address& address);

  ~Client() override;

  void StartCall(std::shared_ptr<ClientCall> call) override;
  std::function<void()> Follow(std::shared_ptr<Follower> follower) override;
  std::string name() const override;
  std::uint64_t id() const override;
  std::any attachment() const override;
  void Attach(std::any attachment) override;
  Credentials credentials() const override;
  bool IsOpen() const override;
  std::future<std::chrono::nanoseconds> Ping() override;

  /// What the server's HELLO carried for the application; empty before there was one.
  std::string payload() const;

  /// What it serves to the server without a schema, which may come and go (U-1).
  parley::Handlers& handlers() const { return *handlers_; }

  /// Makes no further attempt to connect; a connection that is there stays. A client that has none
  /// ends.
  void StopReconnecting();

  /// Opens no more calls, waits for the calls in flight both ways, at most for the drain limit of
  /// 5 s, and ends the connection. More calls wait for the same end.
  void Close();

  /// Ends the connection at once: calls in flight fail, UNKNOWN or NOT_SENT, and the server is
  /// told. Returns when the server has closed as well, or after a second.
  void CloseNow();

  /// The same, with the reason that the other side is told and calls on both sides carry.
  void CloseNow(const Status& reason);

  /// Whether it makes no connection any more, so that it ends or has ended.
  bool HasEnded() const;

  /// Waits until the client has ended, whoever ended it.
  void AwaitClosed();

 private:
  friend class Builder;
  class State;

  Client();
  void QueueEvent(std::string_view name, const OutgoingMessage& event,
                  const Metadata& metadata) override;

  std::shared_ptr<TaskRunner> workers_;
  std::shared_ptr<parley::Handlers> handlers_;
  std::shared_ptr<Workers> chores_;
  std::shared_ptr<SharedLoop> loop_;
  std::shared_ptr<State> state_;
};

/// Says how to connect. For one thread.
class PARLEY_EXPORT Client::Builder {
 public:
  explicit Builder(Address address);
  Builder(Builder&&) noexcept;
  ~Builder();

  /// The name that this side claims in its HELLO; `client-<pid>` unless set.
  Builder& Name(std::string name);

  /// What HELLO carries for the application, credentials for instance: at most 8 KiB.
  Builder& Payload(std::string payload);

  /// Serves a service to the server.
  Builder& Service(ServiceDefinition service);

  /// Takes the events of one name that the server sends.
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

  /// How a call to the server is retried whose options do not say; RetryPolicy::kDefault unless
  /// set.
  Builder& Retry(RetryPolicy retry);

  /// Has the server started whenever a connect finds that none answers, the first one and each of a
  /// client that reconnects. The time of such a connect is that of `spin_up`.
  /// @throws std::invalid_argument if the address has no path, so that nothing can be locked (N-11)
  Builder& SpinUp(parley::SpinUp spin_up);

  /// Sends one request at a time: a call whose method does not stream is started when the one
  /// before it has ended, in the order in which they were made. A time-out counts while a call
  /// waits; one that is cancelled meanwhile was never sent.
  Builder& OneAtATime(bool one = true);

  /// Puts an interceptor before the calls that this side makes, behind those that were given
  /// before.
  Builder& InterceptCalls(ClientInterceptor interceptor);

  /// Puts an interceptor before the handlers of this side, behind those that were given before.
  Builder& InterceptHandlers(ServerInterceptor interceptor);

  /// How many of the peer's calls may be in flight at once; 1024 unless set.
  Builder& MaxCalls(std::uint32_t max_calls);
  /// The largest frame that is accepted, in bytes; 4 MiB unless set, at least 16 KiB.
  Builder& MaxFrame(std::uint32_t max_frame);
  /// The largest message that is put together, in bytes; 64 MiB unless set.
  Builder& MaxMessage(std::uint64_t max_message);
  /// What the server may send on one call, and as events, before this side has consumed any of it,
  /// in bytes with 64 a message; 256 KiB unless set, at least 1 (W-1).
  Builder& Window(std::uint64_t window);
  /// How long connecting and the server's HELLO may take together; 10 s unless set.
  Builder& ConnectTimeout(std::chrono::nanoseconds timeout);
  /// Asks a peer of whom nothing has come for `silence` for a sign of life, and gives the
  /// connection up, UNAVAILABLE, if nothing comes for `patience` either (P-2). Off unless set: the
  /// kernel tells of a peer that dies, so this finds only one that hangs. 30 s and 20 s are good
  /// values.
  Builder& Keepalive(std::chrono::nanoseconds silence, std::chrono::nanoseconds patience);
  /// How long Close waits for calls in flight; 5 s unless set.
  Builder& DrainTimeout(std::chrono::nanoseconds timeout);

  /// Connects again when the connection is lost: not at all unless set. Reconnect::kDefault suits
  /// most.
  Builder& Reconnect(parley::Reconnect reconnect);

  /// Is told how the client fares; several may be, one after the other.
  Builder& Listener(std::shared_ptr<LifecycleListener> listener);

  /// Accepts a server that another user runs, beside this user's and root's (H-4). It is checked
  /// before a byte is sent.
  Builder& ServerUser(uid_t uid);

  /// Connects and shakes hands. The first attempt is the only one, also of a client that
  /// reconnects.
  /// @throws RpcException UNAVAILABLE if no server is there, or the code of its refusal; outcome
  ///     NOT_SENT
  /// @throws std::invalid_argument if a name is served twice, or a setting is out of its bounds
  std::unique_ptr<Client> Connect();

  /// Connects in the background, and as often as Reconnect says until a server is there. Calls that
  /// do not wait (CallOptions::WithWaitForReady) fail until then.
  /// @throws std::invalid_argument as Connect
  std::unique_ptr<Client> ConnectLater();

  /// A client over a link that is there already. For the runtime.
  static Builder OverLink();
  /// Begins the handshake; calls and events wait until it is done. For the runtime.
  std::unique_ptr<Client> ConnectAhead(std::unique_ptr<ClientWay> way);
  /// Shakes hands. For the runtime.
  std::unique_ptr<Client> ConnectOver(std::unique_ptr<ClientWay> way);

 private:
  friend class Node;
  /// Keeps the topics of another side of the same node.
  Builder& Hub(std::shared_ptr<TopicHub> hub);

  friend class Client;
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace parley

#endif  // PARLEY_CLIENT_H_
