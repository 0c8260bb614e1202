#ifndef PARLEY_SHARED_LISTENER_H_
#define PARLEY_SHARED_LISTENER_H_

#include <memory>
#include <utility>

#include "parley/address.h"
#include "parley/export.h"
#include "parley/transport/access.h"
#include "parley/transport/listener.h"

namespace parley {

/// An address that several processes serve together (N-12): this one claims it and starts them,
/// each accepts on the one socket, with Address::Inherited, and this one removes the socket file in
/// the end. It serves nothing itself.
///
/// A connection goes to one of the processes that are free to accept. One that dies takes its own
/// connections with it, and no others. Destroying it closes it.
class PARLEY_EXPORT SharedListener {
 public:
  /// Claims the address and listens.
  /// @throws TransportError as Server::Builder::Start does
  static std::unique_ptr<SharedListener> Claim(const Address& address,
                                               const Access& access = Access::Owner());

  /// The listening socket, which stays this object's: a process is given it by posix_spawn or
  /// dup2, which drop its close-on-exec.
  int descriptor() const { return listener_->descriptor(); }

  /// Gives the address back. Processes that still accept on the socket keep their connections; no
  /// client finds them any more. Idempotent.
  void Close() { listener_->Close(); }

 private:
  explicit SharedListener(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}

  const std::unique_ptr<Listener> listener_;
};

}  // namespace parley

#endif  // PARLEY_SHARED_LISTENER_H_
