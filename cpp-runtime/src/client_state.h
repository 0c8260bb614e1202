#ifndef PARLEY_CLIENT_STATE_H_
#define PARLEY_CLIENT_STATE_H_

#include <any>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "client_way.h"
#include "connection/loop.h"
#include "connection/workers.h"
#include "lifecycle.h"
#include "parley/client.h"
#include "parley/reconnect.h"
#include "rpc/connected_peer.h"
#include "spin_search.h"
#include "turns.h"

namespace parley {

/// What a client has: its connection, or the way to the next one, and the calls that wait for it.
/// Safe for use by many threads. Its connections hold it until they have ended.
class Client::State final : public PeerKeeper, public std::enable_shared_from_this<State> {
 public:
  State(Client& client, Address address, Settings settings,
        std::shared_ptr<const Services> services, std::shared_ptr<const Calling> calling,
        std::shared_ptr<Loop> loop, std::shared_ptr<Workers> chores, std::unique_ptr<ClientWay> way,
        std::unique_ptr<SpinSearch> spin, Reconnect reconnect, bool one_at_a_time,
        std::vector<std::shared_ptr<LifecycleListener>> listeners);

  /// Makes the first connection and waits for it.
  /// @throws RpcException if it comes to naught; nothing is left of it then
  void ConnectNow();
  void ConnectLater();
  /// Makes the first connection and does not wait: calls and events do.
  void ConnectAhead();

  void StartCall(std::shared_ptr<ClientCall> call);
  /// The same, whosever turn it is.
  void StartNow(std::shared_ptr<ClientCall> call);
  std::function<void()> Follow(std::shared_ptr<Follower> follower);
  /// The last connection that came to be open.
  /// @throws RpcException if there was none; UNAVAILABLE, NOT_SENT
  std::shared_ptr<ConnectedPeer> Connected();
  std::string name() const;
  std::string payload() const;
  bool IsOpen() const;
  bool HasEnded() const;
  std::uint64_t id() const { return id_; }
  std::any attachment() const;
  void Attach(std::any attachment);

  void StopReconnecting();
  /// Ends the connection, at once with a reason or gracefully without one, and makes no more.
  void Close(const std::optional<StatusMessage>& abort);
  void AwaitClosed();

  std::optional<Refusal> Admit(ConnectedPeer& peer, const std::string& name,
                               std::string_view payload) override;
  void Opened(const std::shared_ptr<ConnectedPeer>& peer, const HelloMessage& hello) override;
  void Closed(ConnectedPeer& peer, const StatusMessage& why) override;

 private:
  /// Makes what refers to this, before anything else.
  void Prepare();
  using Waiting = std::map<ClientCall*, std::shared_ptr<ClientCall>>;

  /// Makes a connection and begins its handshake.
  /// @throws RpcException NOT_SENT
  void Open();
  /// One attempt to connect, unless it has been called off; on a thread of the chores.
  void Attempt(std::uint64_t number);
  /// A connection by address, perhaps to a server that is started for it.
  std::unique_ptr<Link> Connect(std::chrono::milliseconds timeout);
  /// Looks for another server after a handshake has failed, if one may be started; whether it does.
  bool SearchOn(const StatusMessage& why);
  /// Locked. Has another attempt follow, if one may; gives the calls that wait in vain.
  Waiting TryAgainOrStop();
  /// Locked. No connection is made any more; gives the calls that wait in vain.
  Waiting Stop();
  void GiveUp(Waiting hopeless);
  /// A connection or an attempt has ended.
  void Released();
  /// Has a call started when there is a connection; whether there may be one.
  bool Await(const std::shared_ptr<ClientCall>& call);
  /// Takes a call out of those that wait; null if it is out.
  std::shared_ptr<ClientCall> Take(ClientCall* call);
  RpcException NotConnected() const;

  Client& client_;
  const Address address_;
  /// The only link, until it is taken; null: to be connected at the address.
  const std::unique_ptr<ClientWay> way_;
  const std::string label_;
  /// Null: a server that is not there is not started.
  const std::unique_ptr<SpinSearch> spin_;
  const Settings settings_;
  const std::shared_ptr<const Services> services_;
  const std::shared_ptr<const Calling> calling_;
  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<Workers> chores_;
  const std::shared_ptr<Lifecycle> lifecycle_;
  const std::uint64_t id_;
  const bool one_at_a_time_;
  /// Null: calls take no turns.
  std::shared_ptr<Turns> turns_;

  /// The one connection of a client that makes no other, so that no call takes the lock.
  std::atomic<ConnectedPeer*> only_{nullptr};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Reconnect reconnect_;
  std::shared_ptr<ConnectedPeer> peer_;
  std::shared_ptr<ConnectedPeer> greeting_;
  std::string payload_;
  std::any attachment_;
  Waiting waiting_;
  std::map<std::uint64_t, std::shared_ptr<Follower>> followers_;
  std::uint64_t last_follower_ = 0;
  /// Why the first connection came to naught, for whoever waits for it.
  std::optional<StatusMessage> first_failure_;
  /// Calls and events wait for the first connection, though not told to.
  bool awaits_first_ = false;
  bool comes_back_ = false;
  bool stopped_ = false;
  bool trying_ = false;
  bool told_ = false;
  int failures_ = 0;
  std::int64_t opened_at_ = 0;
  /// Connections and attempts that have not ended.
  int links_ = 0;
  std::uint64_t attempt_ = 0;
  std::optional<Timers::Ticket> retry_;
};

}  // namespace parley

#endif  // PARLEY_CLIENT_STATE_H_
