#ifndef PARLEY_TRANSPORT_LISTENER_H_
#define PARLEY_TRANSPORT_LISTENER_H_

#include <memory>

#include "parley/export.h"
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
  static std::unique_ptr<Listener> Open(const Endpoint& endpoint, int backlog = kDefaultBacklog);

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

  /// Stops, in the order of N-7. More calls do nothing.
  void Close() noexcept;

 private:
  Listener() = default;

  std::unique_ptr<PathClaim> claim_;
  Descriptor socket_;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_LISTENER_H_
