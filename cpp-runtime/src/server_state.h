#ifndef PARLEY_SERVER_STATE_H_
#define PARLEY_SERVER_STATE_H_

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connection/loop.h"
#include "connection/workers.h"
#include "lifecycle.h"
#include "parley/server.h"
#include "parley/transport/listener.h"
#include "rpc/connected_peer.h"

namespace parley {

/// What a running server holds: its listener, its loop and workers, its peers. Safe for use by many
/// threads.
class Server::State final : public PeerKeeper, public std::enable_shared_from_this<State> {
 public:
  State(Address address, Settings settings, std::shared_ptr<const Services> services,
        std::shared_ptr<TaskRunner> workers, std::shared_ptr<const Calling> calling,
        Admission admission, std::shared_ptr<Handlers> handlers, std::size_t max_handshakes,
        std::size_t max_connections, std::vector<std::shared_ptr<LifecycleListener>> listeners);

  /// Claims the address and begins to accept.
  void Start(const Access& access);

  /// Has the server close by itself; before Start.
  void SpinDown(std::chrono::nanoseconds idle, std::chrono::nanoseconds first);

  /// Puts the socket file back.
  void RestoreSocket();

  const Address& address() const { return address_; }
  const std::shared_ptr<Handlers>& handlers() const { return handlers_; }
  const std::shared_ptr<TopicHub>& hub() const { return services_->hub(); }
  std::vector<std::shared_ptr<Peer>> peers() const;
  /// Ends all connections at once with a reason, or gracefully without one; with `for_good` the
  /// peers are told not to come back by themselves.
  void Close(std::optional<StatusMessage> abort, bool for_good = false);
  void AwaitClosed();

  std::optional<Refusal> Admit(ConnectedPeer& peer, const std::string& name,
                               std::string_view payload) override;
  void Opened(const std::shared_ptr<ConnectedPeer>& peer, const HelloMessage& hello) override;
  void Closed(ConnectedPeer& peer, const StatusMessage& why) override;

 private:
  /// By the loop's thread: accepts on the listener that is now.
  void WatchListener();
  void LookLater();
  /// By the loop's thread: has the server close by itself if nobody comes.
  void WatchIdleness();
  void Idle();
  /// Looks whether the socket is where clients look for it (N-13).
  void Look();
  /// By the loop's thread.
  void Restore();
  void AcceptAll();
  void AcceptOne(std::unique_ptr<SocketLink> link);
  void PauseAccepting();
  void StopListening();
  void EndAll();
  std::vector<std::shared_ptr<ConnectedPeer>> All() const;

  const Address address_;
  const Settings settings_;
  const std::shared_ptr<const Services> services_;
  const std::shared_ptr<TaskRunner> workers_;
  const std::shared_ptr<const Calling> calling_;
  const Admission admission_;
  const std::shared_ptr<Handlers> handlers_;
  const std::size_t max_handshakes_;
  const std::size_t max_connections_;
  const std::shared_ptr<Workers> chores_;
  const std::shared_ptr<Lifecycle> lifecycle_;
  const std::shared_ptr<Loop> loop_;

  // Touched by the loop's thread alone, once started.
  std::unique_ptr<Listener> listener_;
  std::uint64_t watch_ = 0;
  std::int64_t pause_ = 0;
  /// When it closes by itself; empty: never.
  std::optional<std::chrono::nanoseconds> idle_;
  std::chrono::nanoseconds first_idle_{0};
  bool somebody_came_ = false;
  std::optional<Timers::Ticket> idle_timer_;
  /// It was told that the socket file is missing.
  bool missed_ = false;
  /// Peers in their handshake, by user, the oldest first.
  std::map<uid_t, std::list<ConnectedPeer*>> handshakes_;

  mutable std::mutex mutex_;
  std::condition_variable closed_changed_;
  std::map<ConnectedPeer*, std::shared_ptr<ConnectedPeer>> all_;
  /// Those that have been let in.
  std::set<ConnectedPeer*> admitted_;
  std::set<ConnectedPeer*> open_;
  bool closing_ = false;
  bool for_good_ = false;
  std::optional<StatusMessage> abort_;
  bool closed_ = false;
};

}  // namespace parley

#endif  // PARLEY_SERVER_STATE_H_
