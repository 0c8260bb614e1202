#include "parley/transport/listener.h"

#include <fcntl.h>
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

/// The descriptor of an inherited socket, to own. Standard input reads as empty afterwards.
Descriptor Inherited(const Endpoint& endpoint) {
  const int number = endpoint.descriptor();
  if (number != 0) return Descriptor(number);
  Descriptor moved(::fcntl(number, F_DUPFD_CLOEXEC, 3));
  if (!moved.valid()) throw sys::Failure("N-8: " + endpoint.label(), errno);
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (nothing.valid()) ::dup2(nothing.number(), number);
  return moved;
}

}  // namespace

std::unique_ptr<Listener> Listener::Open(const Endpoint& endpoint, int backlog,
                                         const Access& access) {
  if (endpoint.kind() == Endpoint::Kind::kInherited) {
    return Adopt(Inherited(endpoint));
  }
  std::unique_ptr<Listener> listener(new Listener());
  if (endpoint.kind() == Endpoint::Kind::kPath) {
    listener->claim_ = PathClaim::Take(endpoint, backlog, access);
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

std::unique_ptr<Listener> Listener::Restore() {
  if (claim_ == nullptr) {
    throw TransportError(TransportError::Reason::kBadAddress, "N-13: there is no socket file");
  }
  std::unique_ptr<Listener> before(new Listener());
  before->socket_ = claim_->Restore();
  return before;
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
