#ifndef PARLEY_RPC_CONNECTED_PEER_H_
#define PARLEY_RPC_CONNECTED_PEER_H_

#include <any>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "connection/connection.h"
#include "connection/receiver.h"
#include "parley/rpc/peer.h"
#include "rpc/backoffs.h"
#include "rpc/calling.h"
#include "rpc/event_queue.h"
#include "rpc/intercepted_caller.h"
#include "rpc/services.h"

namespace parley {

class ServedCall;
class TopicCall;

class ConnectedPeer;

/// Who keeps peers: a server or a client. Called by the thread that reads; must be short.
class PeerKeeper {
 public:
  virtual ~PeerKeeper() = default;
  /// Whether to let a peer in that has said HELLO; empty: yes.
  virtual std::optional<Refusal> Admit(ConnectedPeer& peer, const std::string& name,
                                       std::string_view payload) = 0;
  virtual void Opened(const std::shared_ptr<ConnectedPeer>& peer, const HelloMessage& hello) = 0;
  virtual void Closed(ConnectedPeer& peer, const StatusMessage& why) = 0;
};

/// A peer over a connection: starts calls on it and serves those that come in. Safe for use by many
/// threads; usable, if only to fail, after its connection has ended.
class ConnectedPeer final : public Peer,
                            public Receiver,
                            public ClientCall::Carrier,
                            public std::enable_shared_from_this<ConnectedPeer> {
 public:
  /// Makes the peer and its connection, which begins once a loop holds it.
  /// @param calling how calls to the peer are made
  /// @param dialled the name that it was dialled by; empty: it bears the one that it claims
  /// @param label what logs and errors call it until then
  static std::shared_ptr<ConnectedPeer> Of(Side side, std::unique_ptr<Link> link, Settings settings,
                                           std::shared_ptr<Timers> timers,
                                           std::shared_ptr<const Services> services,
                                           std::shared_ptr<const Calling> calling,
                                           std::shared_ptr<PeerKeeper> keeper, std::string dialled,
                                           std::string label);

  /// A number that no other peer of this process has.
  static std::uint64_t NextId();

  Connection& connection() { return *connection_; }
  const std::shared_ptr<Connection>& shared_connection() const { return connection_; }

  /// Closes the connection gracefully. Subscriptions, the peer's and this side's own, would never
  /// end by themselves, so they do at once.
  void Close(bool for_good = false);

  /// A subscription of the peer's has begun, or ended.
  void Subscribed(const std::shared_ptr<TopicCall>& call);
  void Unsubscribed(const TopicCall* call);

  /// This connection, for who follows a client from one to the next.
  Follower::Connection AsConnection();

  void StartCall(std::shared_ptr<ClientCall> call) override;
  std::function<void()> Follow(std::shared_ptr<Follower> follower) override;
  std::string name() const override { return name_; }
  std::uint64_t id() const override { return id_; }
  std::any attachment() const override;
  void Attach(std::any attachment) override;
  Credentials credentials() const override { return connection_->credentials(); }
  bool IsOpen() const override { return connection_->IsOpen(); }
  std::future<std::chrono::nanoseconds> Ping() override;
  void QueueEvent(std::string_view name, const OutgoingMessage& event,
                  const Metadata& metadata) override;

  bool Leave(OutgoingCall& attempt, const Status& why) override;
  Offer Try(const std::shared_ptr<OutgoingCall>& call, const OutgoingMessage& message) override;
  void Flush() override { connection_->Flush(); }
  void FlushSends() override { connection_->FlushSends(); }
  void FinishSending(OutgoingCall& call) override { connection_->FinishSending(call); }
  void Consumed(OutgoingCall& attempt, std::uint64_t cost) override {
    connection_->Consumed(attempt, cost);
  }
  void Await(OutgoingCall* attempt, Waiter& waiter,
             const std::optional<std::int64_t>& until) override {
    connection_->Await(attempt, waiter, until);
  }
  bool Run(std::function<void()> task) override;
  bool Complete(const std::shared_ptr<ClientCall>& call) override;
  void Completed() override { services_->workers().EndHere(); }
  void StartAttempt(ClientCall& call, const std::shared_ptr<OutgoingCall>& attempt) override;
  bool AwaitRetry(const std::shared_ptr<ClientCall>& call, std::int64_t due) override;
  void DropRetry(ClientCall& call) override { backoffs_->Drop(call); }

  std::optional<Refusal> Admit(const std::string& name, const HelloMessage& hello) override;
  void Opened(const std::string& name, const HelloMessage& hello) override;
  void Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request) override;
  void Event(const Envelope& event) override;
  void Closed(const StatusMessage& why) override;

 private:
  /// Starts calls on the connection, behind all interceptors.
  class Direct final : public Caller {
   public:
    explicit Direct(ConnectedPeer& peer) : peer_(peer) {}
    void StartCall(std::shared_ptr<ClientCall> call) override { peer_.StartDirect(call); }

   private:
    ConnectedPeer& peer_;
  };

  ConnectedPeer(std::shared_ptr<Timers> timers, std::shared_ptr<const Services> services,
                std::shared_ptr<const Calling> calling, std::shared_ptr<PeerKeeper> keeper,
                std::string dialled);
  void StartDirect(const std::shared_ptr<ClientCall>& call);

  /// Serves a request that subscribes.
  void Subscribe(const std::shared_ptr<IncomingCall>& call, const Envelope& request,
                 const std::shared_ptr<const Served>& served);
  /// Tells all who follow that there will be nothing more.
  void TellFollowers(const Status& why);

  /// What serves a request; null if its bytes do not parse, and it has been refused.
  std::shared_ptr<ServedCall> Parse(const std::shared_ptr<IncomingCall>& call,
                                    std::string_view request,
                                    const std::shared_ptr<const Served>& served);

  /// Parses a long request and runs its handler, by a thread that does not read. Throws nothing.
  void ServeLong(const std::shared_ptr<IncomingCall>& call, std::string request,
                 const std::shared_ptr<const Served>& served);

  /// Sends the request of a one-way method, as an event (E-1).
  void SendOneWay(ClientCall& call);

  const std::uint64_t id_ = NextId();
  const std::shared_ptr<const Services> services_;
  const std::shared_ptr<const Calling> calling_;
  const std::shared_ptr<EventQueue> events_;
  const std::shared_ptr<Backoffs> backoffs_;
  Direct direct_;
  InterceptedCaller calls_;
  std::shared_ptr<Connection> connection_;
  mutable std::mutex mutex_;
  std::any attachment_;
  std::map<const TopicCall*, std::shared_ptr<TopicCall>> subscriptions_;
  std::map<std::uint64_t, std::shared_ptr<Follower>> followers_;
  std::uint64_t last_follower_ = 0;
  std::optional<Status> over_;
  // Touched by the thread that reads; the name is fixed before anybody else sees the peer.
  std::shared_ptr<PeerKeeper> keeper_;
  std::string name_;
};

}  // namespace parley

#endif  // PARLEY_RPC_CONNECTED_PEER_H_
