#include "parley/transport/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "transport/system.h"

namespace parley {

namespace {

int AcceptOne(int listener) {
#ifdef SOCK_CLOEXEC
  return ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
  return ::accept(listener, nullptr, nullptr);
#endif
}

}  // namespace

std::unique_ptr<Listener> Listener::Open(const Endpoint& endpoint, int backlog) {
  std::unique_ptr<Listener> listener(new Listener());
  if (endpoint.kind() == Endpoint::Kind::kPath) {
    listener->claim_ = PathClaim::Take(endpoint, backlog);
    return listener;
  }
  // The kernel itself keeps an abstract name to one socket and frees it with the process.
  const sys::SocketAddress address(endpoint);
  Descriptor socket = sys::StreamSocket();
  if (::bind(socket.number(), address.get(), address.size) != 0) {
    const int error_number = errno;
    if (error_number == EADDRINUSE) {
      throw TransportError(TransportError::Reason::kInUse, endpoint.label() + " is in use",
                           error_number);
    }
    throw sys::Failure("bind " + endpoint.label(), error_number);
  }
  if (::listen(socket.number(), backlog) != 0) {
    throw sys::Failure("listen at " + endpoint.label(), errno);
  }
  listener->socket_ = std::move(socket);
  return listener;
}

std::unique_ptr<Listener> Listener::Adopt(Descriptor socket) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(socket.number(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0) {
    throw sys::Failure("N-8: inherited descriptor " + std::to_string(socket.number()), errno);
  }
  if (!listens) {
    throw TransportError(
        TransportError::Reason::kSystem,
        "N-8: inherited descriptor " + std::to_string(socket.number()) + " does not listen");
  }
  sys::Prepare(socket.number());
  std::unique_ptr<Listener> listener(new Listener());
  listener->socket_ = std::move(socket);
  return listener;
}

Listener::~Listener() { Close(); }

std::unique_ptr<SocketLink> Listener::Accept() {
  while (true) {
    Descriptor socket(AcceptOne(descriptor()));
    if (socket.valid()) {
      try {
        return std::make_unique<SocketLink>(std::move(socket));
      } catch (const TransportError&) {
        continue;  // it ended while it waited: no error, N-6
      }
    }
    switch (errno) {
      case EINTR:
      case ECONNABORTED:
        continue;
      case EAGAIN:
#if EAGAIN != EWOULDBLOCK
      case EWOULDBLOCK:
#endif
        return nullptr;
      default:
        throw sys::Failure("accept", errno);
    }
  }
}

int Listener::descriptor() const { return claim_ ? claim_->descriptor() : socket_.number(); }

void Listener::Close() noexcept {
  if (claim_) claim_->Release();
  socket_.Close();
}

}  // namespace parley
