#include "parley/transport/link.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "transport/system.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0  // SO_NOSIGPIPE is set instead
#endif

namespace parley {

namespace {

Credentials PeerOf(int socket) {
  Credentials credentials;
#ifdef SO_PEERCRED
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    throw sys::Failure("H-4: credentials of the peer", errno);
  }
  credentials.pid = peer.pid;
  credentials.uid = peer.uid;
  credentials.gid = peer.gid;
#else
  if (::getpeereid(socket, &credentials.uid, &credentials.gid) != 0) {
    throw sys::Failure("H-4: credentials of the peer", errno);
  }
#endif
  return credentials;
}

Transfer Moved(ssize_t count, int error_number) {
  if (count > 0) return {Transfer::State::kDone, static_cast<std::size_t>(count), 0};
  if (count == 0) return {Transfer::State::kEnd, 0, 0};
  if (error_number == EAGAIN || error_number == EWOULDBLOCK) {
    return {Transfer::State::kWouldBlock, 0, 0};
  }
  // A reset is what a peer's end looks like when bytes of ours were unread there.
  if (error_number == EPIPE || error_number == ECONNRESET) {
    return {Transfer::State::kEnd, 0, error_number};
  }
  return {Transfer::State::kFailed, 0, error_number};
}

}  // namespace

Link::~Link() = default;

SocketLink::SocketLink(Descriptor socket) : socket_(std::move(socket)) {
  sys::Prepare(socket_.number());
  credentials_ = PeerOf(socket_.number());
}

std::unique_ptr<SocketLink> SocketLink::Connect(const Endpoint& endpoint,
                                                std::chrono::milliseconds timeout) {
  if (endpoint.kind() == Endpoint::Kind::kInherited) {
    throw TransportError(TransportError::Reason::kBadAddress,
                         "N-8: " + endpoint.label() + " is no place to connect to");
  }
  // A directory that others may write to may hold a socket of theirs.
  if (endpoint.is_named()) sys::CheckDirectories(endpoint, false);
  const sys::SocketAddress address(endpoint);
  const auto end = std::chrono::steady_clock::now() + timeout;
  auto pause = std::chrono::milliseconds(1);
  while (true) {
    Descriptor socket = sys::StreamSocket();
    if (::connect(socket.number(), address.get(), address.size) == 0) {
      return std::make_unique<SocketLink>(std::move(socket));
    }
    const int error_number = errno;
    const bool full = error_number == EAGAIN || error_number == EINTR;
    if (error_number == ENOENT || error_number == ECONNREFUSED) {
      throw TransportError(
          TransportError::Reason::kNotListening,
          "N-8: no server at " + endpoint.label() +
              (endpoint.label() == endpoint.path() ? "" : " (" + endpoint.path() + ")") + ": " +
              (error_number == ENOENT ? "no socket there" : "connection refused"),
          error_number);
    }
    if (!full) throw sys::Failure("connect to " + endpoint.label(), error_number);
    // A full backlog: the server lives. The kernel has no way to wait for room without blocking.
    const auto now = std::chrono::steady_clock::now();
    if (now >= end) {
      throw TransportError(TransportError::Reason::kNotListening,
                           "N-8: the backlog of " + endpoint.label() + " stayed full for " +
                               std::to_string(timeout.count()) + " ms",
                           error_number);
    }
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(pause, end - now));
    pause = std::min(pause * 2, std::chrono::milliseconds(50));
  }
}

std::pair<std::unique_ptr<SocketLink>, std::unique_ptr<SocketLink>> SocketLink::Pair() {
  int ends[2];
#ifdef SOCK_CLOEXEC
  const int type = SOCK_STREAM | SOCK_CLOEXEC;
#else
  const int type = SOCK_STREAM;
#endif
  if (::socketpair(AF_UNIX, type, 0, ends) != 0) throw sys::Failure("socketpair", errno);
  Descriptor first(ends[0]);
  Descriptor second(ends[1]);
  auto one = std::make_unique<SocketLink>(std::move(first));
  return {std::move(one), std::make_unique<SocketLink>(std::move(second))};
}

Transfer SocketLink::Read(char* data, std::size_t size) {
  ssize_t count;
  do {
    count = ::recv(socket_.number(), data, size, 0);
  } while (count < 0 && errno == EINTR);
  return Moved(count, count < 0 ? errno : 0);
}

Transfer SocketLink::Write(const char* data, std::size_t size) {
  ssize_t count;
  do {
    count = ::send(socket_.number(), data, size, MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  return Moved(count, count < 0 ? errno : 0);
}

void SocketLink::ShutdownWrite() {
  if (socket_.valid()) ::shutdown(socket_.number(), SHUT_WR);
}

void SocketLink::ShutdownBoth() {
  if (socket_.valid()) ::shutdown(socket_.number(), SHUT_RDWR);
}

void SocketLink::Close() { socket_.Close(); }

}  // namespace parley
