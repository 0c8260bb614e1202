#include "parley/transport/path_claim.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "parley/wire/limits.h"
#include "transport/path_lock.h"
#include "transport/placement.h"
#include "transport/system.h"

namespace parley {

namespace {

// Soon at first, since a dying server is gone within milliseconds; then seldom, since each probe
// takes a place in a living server's backlog.
constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLongestPause{200};

[[noreturn]] void Refuse(const Endpoint& endpoint, const std::string& why) {
  throw TransportError(TransportError::Reason::kRefused,
                       "N-5: socket path " + endpoint.path() + " is refused: " + why);
}

// Looks at what stands at the path. Returns false when nothing does.
bool LookAt(const Endpoint& endpoint, struct stat& status) {
  if (::lstat(endpoint.path().c_str(), &status) != 0) {
    if (errno == ENOENT) return false;
    throw sys::Failure("N-5: cannot look at socket path " + endpoint.path(), errno);
  }
  if (S_ISLNK(status.st_mode)) Refuse(endpoint, "a symbolic link stands there");
  if (S_ISDIR(status.st_mode)) Refuse(endpoint, "a directory stands there");
  if (!S_ISSOCK(status.st_mode)) Refuse(endpoint, "what stands there is no socket");
  if (status.st_uid != ::geteuid()) {
    Refuse(endpoint, "the socket there belongs to uid " + std::to_string(status.st_uid) +
                         ", wanted " + std::to_string(::geteuid()));
  }
  return true;
}

// Connects and sends nothing. Returns the errno, 0 when a server took it.
int Probe(const Endpoint& endpoint) {
  const sys::SocketAddress address(endpoint);
  const Descriptor socket = sys::StreamSocket();
  return ::connect(socket.number(), address.get(), address.size) == 0 ? 0 : errno;
}

bool SameFile(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

}  // namespace

std::unique_ptr<PathClaim> PathClaim::Take(const Endpoint& endpoint, int backlog,
                                           const Access& access) {
  if (access.is_wide()) {
    sys::CheckSharedDirectory(endpoint, access);
  } else {
    sys::CheckDirectories(endpoint, true);
  }
  std::unique_ptr<PathClaim> claim(new PathClaim(endpoint, backlog, access));
  claim->lock_ = PathLock::Take(endpoint.lock_path(), endpoint.label());
  claim->ClearStale();
  claim->Bind();
  return claim;
}

PathClaim::PathClaim(const Endpoint& endpoint, int backlog, const Access& access)
    : endpoint_(endpoint), backlog_(backlog), access_(access), owner_(::getpid()) {}

PathClaim::~PathClaim() { Release(); }

void PathClaim::ClearStale() {
  // A server that was killed gives up its lock a moment before its listener: a connect may still
  // succeed, or fail otherwise. Only a refused one says that nobody is there.
  const auto end = std::chrono::steady_clock::now() + limits::kProbeTime;
  auto pause = kFirstPause;
  while (true) {
    struct stat status;
    if (!LookAt(endpoint_, status)) return;
    const int error_number = Probe(endpoint_);
    if (error_number == ECONNREFUSED) {
      struct stat present;
      if (!LookAt(endpoint_, present)) return;
      if (SameFile(status, present)) {
        if (::unlink(endpoint_.path().c_str()) == 0 || errno == ENOENT) return;
        throw sys::Failure("N-5: cannot unlink stale socket " + endpoint_.path(), errno);
      }
      continue;
    }
    if (std::chrono::steady_clock::now() >= end) {
      throw TransportError(
          TransportError::Reason::kInUse,
          "N-5: " + endpoint_.label() + " is in use: a server listens at " + endpoint_.path(),
          error_number);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

void PathClaim::Bind() {
  Descriptor listener = sys::StreamSocket();
  BindAt(endpoint_, access_, listener.number());
  struct stat status;
  if (::lstat(endpoint_.path().c_str(), &status) != 0) {
    throw sys::Failure("look at " + endpoint_.path(), errno);
  }
  device_ = status.st_dev;
  inode_ = status.st_ino;
  bound_ = true;
  listener_ = std::move(listener);
  if (::listen(listener_.number(), backlog_) != 0) {
    throw sys::Failure("listen at " + endpoint_.path(), errno);
  }
}

bool PathClaim::IsInPlace() const noexcept {
  struct stat status;
  return bound_ && ::lstat(endpoint_.path().c_str(), &status) == 0 && S_ISSOCK(status.st_mode) &&
         status.st_dev == device_ && status.st_ino == inode_;
}

Descriptor PathClaim::Restore() {
  ClearStale();
  Descriptor before = std::move(listener_);
  try {
    Bind();
  } catch (...) {
    listener_ = std::move(before);
    throw;
  }
  return before;
}

void PathClaim::Unlink() noexcept {
  if (IsInPlace()) ::unlink(endpoint_.path().c_str());
  bound_ = false;
}

void PathClaim::Release() noexcept {
  // The inode number is ours only as long as the listener is open: unlink first. A forked child
  // must not take the path from its parent.
  if (owner_ == ::getpid()) Unlink();
  listener_.Close();
  lock_.reset();
}

}  // namespace parley
