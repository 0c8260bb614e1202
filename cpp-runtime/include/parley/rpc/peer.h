#ifndef PARLEY_RPC_PEER_H_
#define PARLEY_RPC_PEER_H_

#include <any>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "parley/export.h"
#include "parley/rpc/caller.h"
#include "parley/rpc/message_bytes.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/metadata.h"
#include "parley/rpc/topics.h"
#include "parley/transport/credentials.h"

namespace parley {

/// The other end of a connection: it can be called, sent events and pinged, whichever side
/// connected.
///
/// Safe for use by many threads. It ends with its connection; every use after that fails
/// UNAVAILABLE, NOT_SENT.
class PARLEY_EXPORT Peer : public Caller {
 public:
  Peer();
  ~Peer() override;

  /// The topics that the peer keeps, if it does: to publish and subscribe there (E-2).
  Topics& topics() { return *topics_; }

  /// The name that the peer bears: the name it was dialled by, or else the one it claims. A claim
  /// is no authority; that comes from credentials().
  virtual std::string name() const = 0;

  /// A number of this peer's own, which no other peer in this process has or ever had.
  virtual std::uint64_t id() const = 0;

  /// What the application has attached to this peer, by its Admission or Attach; empty: nothing.
  virtual std::any attachment() const = 0;

  /// Attaches something to this peer, in place of what was there.
  virtual void Attach(std::any attachment) = 0;

  /// Who the peer is, by the kernel's word.
  virtual Credentials credentials() const = 0;

  /// Whether the connection is open, as far as this side knows.
  virtual bool IsOpen() const = 0;

  /// Asks the peer for a sign of life; the future gives the round trip, or the RpcException when
  /// the connection ends first.
  virtual std::future<std::chrono::nanoseconds> Ping() = 0;

  /// Calls a method that the peer serves without a schema, and waits for its reply (U-1).
  ///
  ///     const google::protobuf::Value sum = peer.Request<google::protobuf::Value>("sum", numbers);
  /// @throws RpcException if the call fails; Status::Detail has the data of a failure
  template <typename R, typename Q>
  R Request(std::string_view method, const Q& request, const CallOptions& options = {}) {
    return Call(Method<Q, R>(method, Shape::kUnary), request, options);
  }

  /// The same in the background.
  template <typename R, typename Q>
  Future<R> RequestAsync(std::string_view method, const Q& request,
                         const CallOptions& options = {}) {
    auto call = std::make_shared<TypedClientCall<R>>(Method<Q, R>(method, Shape::kUnary), request,
                                                     options, ClientCall::Waits::kNot);
    call->KeepName();
    StartCall(call);
    return Future<R>(std::move(call));
  }

  /// Calls a method that takes bytes and gives bytes, and waits for its reply.
  /// @throws RpcException if the call fails
  std::string RequestBytes(std::string_view method, std::string request,
                           const CallOptions& options = {}) {
    return Request<MessageBytes>(method, MessageBytes(std::move(request)), options).bytes;
  }

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

  const std::unique_ptr<Topics> topics_;
};

}  // namespace parley

#endif  // PARLEY_RPC_PEER_H_
