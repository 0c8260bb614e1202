#ifndef PARLEY_SRC_TRANSPORT_SYSTEM_H_
#define PARLEY_SRC_TRANSPORT_SYSTEM_H_

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

#include "parley/transport/access.h"
#include "parley/transport/descriptor.h"
#include "parley/transport/endpoint.h"
#include "parley/transport/transport_error.h"

namespace parley {

/// The system calls that sockets share, close-on-exec everywhere.
namespace sys {

/// The error for a failed call: `what: <text of errno>`, kExhausted when a resource ran out.
TransportError Failure(const std::string& what, int error_number);

/// A new Unix stream socket, non-blocking.
Descriptor StreamSocket();

/// Sets non-blocking and close-on-exec on a descriptor that came from elsewhere.
void Prepare(int descriptor);

/// The address of an endpoint, for bind and connect.
struct SocketAddress {
  explicit SocketAddress(const Endpoint& endpoint);
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
  sockaddr_un address;
  socklen_t size;
};

/// Applies N-1 to the directories of an endpoint: each ours, 0700, no link. A missing one is made
/// when `make` is set and the endpoint allows it, else passed over.
/// @throws TransportError kRefused, kSystem
void CheckDirectories(const Endpoint& endpoint, bool make);

/// Applies N-9 to the directory of a socket for others: they may enter it, and none but its owner,
/// this user or root, changes it.
/// @throws TransportError kRefused, kSystem
void CheckSharedDirectory(const Endpoint& endpoint, const Access& access);

}  // namespace sys
}  // namespace parley

#endif  // PARLEY_SRC_TRANSPORT_SYSTEM_H_
