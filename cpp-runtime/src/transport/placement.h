#ifndef PARLEY_SRC_TRANSPORT_PLACEMENT_H_
#define PARLEY_SRC_TRANSPORT_PLACEMENT_H_

#include "parley/transport/access.h"
#include "parley/transport/endpoint.h"

namespace parley {

/// Binds a socket at the path of an endpoint, which is free, so that it is never open wider than it
/// was asked for and its mode never changes once it can be reached (N-9): for others it is bound in
/// a directory that nobody else can enter, made as it is to be, and then moved.
/// @throws TransportError
void BindAt(const Endpoint& endpoint, const Access& access, int socket);

}  // namespace parley

#endif  // PARLEY_SRC_TRANSPORT_PLACEMENT_H_
