#include "transport/system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <system_error>

namespace parley {

void Descriptor::Close() noexcept {
  // Not repeated on EINTR: the number is free again by then, and may be somebody else's.
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

namespace sys {

TransportError Failure(const std::string& what, int error_number) {
  const bool exhausted = error_number == EMFILE || error_number == ENFILE ||
                         error_number == ENOBUFS || error_number == ENOMEM;
  return TransportError(
      exhausted ? TransportError::Reason::kExhausted : TransportError::Reason::kSystem,
      what + ": " + std::generic_category().message(error_number), error_number);
}

Descriptor StreamSocket() {
#ifdef SOCK_CLOEXEC
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) throw Failure("socket", errno);
#else
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (!socket.valid()) throw Failure("socket", errno);
  Prepare(socket.number());
#endif
  return socket;
}

void Prepare(int descriptor) {
  const int status = ::fcntl(descriptor, F_GETFL);
  if (status < 0 || ::fcntl(descriptor, F_SETFL, status | O_NONBLOCK) < 0 ||
      ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) < 0) {
    throw Failure("fcntl", errno);
  }
#ifdef SO_NOSIGPIPE
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

SocketAddress::SocketAddress(const Endpoint& endpoint) {
  std::memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  const std::string& path = endpoint.path();
  const bool abstract = endpoint.kind() == Endpoint::Kind::kAbstract;
  // Endpoint has checked the length. An abstract name begins with NUL and ends with the address.
  std::memcpy(address.sun_path + (abstract ? 1 : 0), path.data(), path.size());
  size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
}

namespace {

[[noreturn]] void Refuse(const std::string& directory, const std::string& why) {
  throw TransportError(TransportError::Reason::kRefused,
                       "N-1: directory " + directory + " is refused: " + why);
}

std::string Octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
  return text;
}

void CheckKind(const std::string& directory, const struct stat& status) {
  if (S_ISLNK(status.st_mode)) Refuse(directory, "it is a symbolic link");
  if (!S_ISDIR(status.st_mode)) Refuse(directory, "it is no directory");
}

void CheckDirectory(const std::string& directory, const struct stat& status) {
  CheckKind(directory, status);
  if (status.st_uid != ::geteuid()) {
    Refuse(directory, "it belongs to uid " + std::to_string(status.st_uid) + ", wanted " +
                          std::to_string(::geteuid()));
  }
  if ((status.st_mode & 0777) != 0700) {
    Refuse(directory, "its mode is " + Octal(status.st_mode) + ", wanted 0700");
  }
}

}  // namespace

void CheckSharedDirectory(const Endpoint& endpoint, const Access& access) {
  if (endpoint.is_named()) {
    throw TransportError(TransportError::Reason::kRefused,
                         "N-9: a socket for " + access.ToString() +
                             " needs a path in a directory that others may enter; the directories "
                             "of " +
                             endpoint.label() + " are this user's alone");
  }
  const std::string& directory = endpoint.directories().front();
  struct stat status;
  if (::lstat(directory.c_str(), &status) != 0) {
    throw Failure("N-9: cannot look at directory " + directory, errno);
  }
  CheckKind(directory, status);
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    Refuse(directory, "it belongs to uid " + std::to_string(status.st_uid) + " (N-9)");
  }
  if ((status.st_mode & 0022) != 0) {
    Refuse(directory, "its mode is " + Octal(status.st_mode) +
                          ", so that others may change what is in it (N-9)");
  }
}

void CheckDirectories(const Endpoint& endpoint, bool make) {
  for (const std::string& directory : endpoint.directories()) {
    struct stat status;
    if (make && endpoint.is_named()) {
      // Whoever makes it first, it is looked at below. The umask can only take rights away.
      if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        throw Failure("N-1: cannot make directory " + directory, errno);
      }
    }
    if (::lstat(directory.c_str(), &status) != 0) {
      if (errno == ENOENT && !make) return;
      throw Failure("N-1: cannot look at directory " + directory, errno);
    }
    CheckDirectory(directory, status);
  }
}

}  // namespace sys
}  // namespace parley
