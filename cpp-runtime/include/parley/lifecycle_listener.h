#ifndef PARLEY_LIFECYCLE_LISTENER_H_
#define PARLEY_LIFECYCLE_LISTENER_H_

#include <exception>

#include "parley/export.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/status.h"

namespace parley {

/// Is told how a client, server or node fares. Override what is of interest.
///
/// All events of one client, server or node come one at a time and in the order in which they
/// happened, on a thread of its own; a listener may block, which holds up later events and nothing
/// else. What it throws goes to the log.
class PARLEY_EXPORT LifecycleListener {
 public:
  virtual ~LifecycleListener();

  /// It has begun: a server listens, a client is about to connect. The first event.
  virtual void Started();

  /// A connection is open. At a client the peer is the client itself, which stays the same over all
  /// its connections.
  virtual void Connected(Peer& peer);

  /// A connection that was open has ended, for that reason as far as this side knows. `will_retry`:
  /// this side is going to connect again by itself.
  virtual void Disconnected(Peer& peer, const Status& reason, bool will_retry);

  /// Something went wrong that no caller is told: an attempt to connect, the acceptance of a
  /// connection, a socket file that was taken away. It goes on, or Stopped follows.
  virtual void Failed(const std::exception& error);

  /// It has ended, for whatever reason. The last event.
  virtual void Stopped();
};

}  // namespace parley

#endif  // PARLEY_LIFECYCLE_LISTENER_H_
