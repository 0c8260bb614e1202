#include "transport/placement.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "parley/transport/transport_error.h"
#include "transport/system.h"

namespace parley {
namespace {

/// A directory of mode 0700 beside the socket, and what is bound in it, until they are gone.
class Beside {
 public:
  explicit Beside(const Endpoint& endpoint) {
    const std::string parent = endpoint.path().substr(0, endpoint.path().rfind('/') + 1);
    std::random_device random;
    do {
      char name[16];
      std::snprintf(name, sizeof name, ".%08x", random());
      directory_ = parent + name;
      if (::mkdir(directory_.c_str(), 0700) == 0) {
        socket_ = directory_ + "/s";
        return;
      }
    } while (errno == EEXIST);
    throw sys::Failure("N-9: cannot make directory " + directory_, errno);
  }
  ~Beside() {
    ::unlink(socket_.c_str());
    ::rmdir(directory_.c_str());
  }

  const std::string& socket() const { return socket_; }

 private:
  std::string directory_;
  std::string socket_;
};

gid_t GroupOf(const std::string& name) {
  std::vector<char> room(4096);
  struct group found;
  struct group* result = nullptr;
  int error_number = 0;
  while ((error_number = ::getgrnam_r(name.c_str(), &found, room.data(), room.size(), &result)) ==
         ERANGE) {
    room.resize(2 * room.size());
  }
  if (result == nullptr) {
    throw TransportError(TransportError::Reason::kBadAddress,
                         "N-9: this system has no group " + name, error_number);
  }
  return found.gr_gid;
}

void Bind(const Endpoint& endpoint, const std::string& path, int socket) {
  sockaddr_un address;
  std::memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw TransportError(
        TransportError::Reason::kBadAddress,
        "N-9: " + endpoint.label() + " is too long: its socket is first bound at " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) return;
  const int error_number = errno;
  if (error_number == EADDRINUSE) {
    throw TransportError(
        TransportError::Reason::kInUse,
        "N-5: " + endpoint.label() + " is in use: something appeared at " + endpoint.path(),
        error_number);
  }
  throw sys::Failure("bind " + endpoint.path(), error_number);
}

}  // namespace

void BindAt(const Endpoint& endpoint, const Access& access, int socket) {
  if (!access.is_wide()) {
    Bind(endpoint, endpoint.path(), socket);
    return;
  }
  const Beside beside(endpoint);
  Bind(endpoint, beside.socket(), socket);
  if (!access.group().empty() &&
      ::chown(beside.socket().c_str(), static_cast<uid_t>(-1), GroupOf(access.group())) != 0) {
    throw sys::Failure("N-9: a socket cannot be given to group " + access.group(), errno);
  }
  if (::chmod(beside.socket().c_str(), access.mode()) != 0) {
    throw sys::Failure("N-9: chmod " + beside.socket(), errno);
  }
  if (::rename(beside.socket().c_str(), endpoint.path().c_str()) != 0) {
    throw sys::Failure("N-9: cannot move a socket to " + endpoint.path(), errno);
  }
}

}  // namespace parley
