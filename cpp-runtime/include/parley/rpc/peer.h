#ifndef PARLEY_RPC_PEER_H_
#define PARLEY_RPC_PEER_H_

#include <chrono>
#include <future>
#include <string>
#include <string_view>

#include "parley/export.h"
#include "parley/rpc/caller.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/metadata.h"
#include "parley/transport/credentials.h"

namespace parley {

/// The other end of a connection: it can be called, sent events and pinged, whichever side
/// connected.
///
/// Safe for use by many threads. It ends with its connection; every use after that fails
/// UNAVAILABLE, NOT_SENT.
class PARLEY_EXPORT Peer : public Caller {
 public:
  ~Peer() override;

  /// The name that the peer bears: the name it was dialled by, or else the one it claims. A claim
  /// is no authority; that comes from credentials().
  virtual const std::string& name() const = 0;

  /// Who the peer is, by the kernel's word.
  virtual const Credentials& credentials() const = 0;

  /// Whether the connection is open, as far as this side knows.
  virtual bool IsOpen() const = 0;

  /// Asks the peer for a sign of life; the future gives the round trip, or the RpcException when
  /// the connection ends first.
  virtual std::future<std::chrono::nanoseconds> Ping() = 0;

  /// Sends a one-way event; returns once it is queued, and never waits.
  /// @throws RpcException UNAVAILABLE if the connection has ended, RESOURCE_EXHAUSTED if too much
  ///     is queued, INVALID_ARGUMENT for a name or metadata over the limits, UNIMPLEMENTED if the
  ///     peer takes no events
  template <typename E>
  void SendEvent(std::string_view name, const E& event, const Metadata& metadata = {}) {
    QueueEvent(name, Outgoing(event), metadata);
  }

 private:
  virtual void QueueEvent(std::string_view name, const OutgoingMessage& event,
                          const Metadata& metadata) = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_PEER_H_
