#ifndef PARLEY_TRANSPORT_LISTENER_H_
#define PARLEY_TRANSPORT_LISTENER_H_

#include <memory>

#include "parley/export.h"
#include "parley/transport/access.h"
#include "parley/transport/descriptor.h"
#include "parley/transport/endpoint.h"
#include "parley/transport/link.h"
#include "parley/transport/path_claim.h"

namespace parley {

/// A socket that accepts. Not thread-safe, but for `descriptor()`.
class PARLEY_EXPORT Listener {
 public:
  static constexpr int kDefaultBacklog = 128;

  /// Claims and listens at a path, or listens at an abstract name.
  /// @throws TransportError
  /// @param access who may reach a socket at a path (N-9)
  static std::unique_ptr<Listener> Open(const Endpoint& endpoint, int backlog = kDefaultBacklog,
                                        const Access& access = Access::Owner());

  /// Takes over a socket that listens already: no lock, no unlink (N-8).
  /// @throws TransportError kSystem when it is no listening socket
  static std::unique_ptr<Listener> Adopt(Descriptor socket);

  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The next connection, or null when none waits. A connection that is gone again is passed over.
  /// @throws TransportError kExhausted when out of descriptors or memory: pause, then try again,
  ///     since the listener stays readable
  std::unique_ptr<SocketLink> Accept();

  /// The descriptor to wait for.
  int descriptor() const;

  /// Whether whoever looks for it finds it: its socket file is there, and still its own.
  bool IsInPlace() const noexcept { return claim_ == nullptr || claim_->IsInPlace(); }

  /// Puts the socket file back, under the claim that this holds, and listens on another socket from
  /// then on. Gives the one before, which takes those who have connected before.
  /// @throws TransportError
  std::unique_ptr<Listener> Restore();

  /// Stops, in the order of N-7. More calls do nothing.
  void Close() noexcept;

 private:
  Listener() = default;

  std::unique_ptr<PathClaim> claim_;
  Descriptor socket_;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_LISTENER_H_
