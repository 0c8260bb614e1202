#ifndef PARLEY_TRANSPORT_PATH_CLAIM_H_
#define PARLEY_TRANSPORT_PATH_CLAIM_H_

#include <sys/types.h>

#include <memory>

#include "parley/export.h"
#include "parley/transport/access.h"
#include "parley/transport/descriptor.h"
#include "parley/transport/endpoint.h"

namespace parley {

class PathLock;

/// The sole right to a socket path, and the socket that listens there.
///
/// Taken in this order, so that a path is never stolen from a live server and nothing that is not
/// ours is touched: directories ours, 0700 and no links; `fcntl` lock on `<name>.lock`, which is
/// never unlinked, behind a table of this process (N-4); refusal of whatever is no socket of ours;
/// a bare connect, where only ECONNREFUSED means stale (N-5); unlink, bind, listen.
///
/// Given back in this order (N-7): the path is unlinked if it is still our socket, the listener is
/// closed, the lock is released. A forked child gives back nothing.
class PARLEY_EXPORT PathClaim {
 public:
  /// Claims the path of `endpoint` and listens. Waits up to a second on a path that answers.
  /// @throws TransportError kInUse, kRefused, kSystem
  static std::unique_ptr<PathClaim> Take(const Endpoint& endpoint, int backlog,
                                         const Access& access = Access::Owner());

  ~PathClaim();
  PathClaim(const PathClaim&) = delete;
  PathClaim& operator=(const PathClaim&) = delete;

  /// The listening socket, non-blocking; owned by the claim.
  int descriptor() const { return listener_.number(); }

  /// Whether the socket that listens is still the one at the path.
  bool IsInPlace() const noexcept;

  /// Binds and listens at the path anew; gives the socket that listened before. All is as before if
  /// this throws.
  /// @throws TransportError kInUse, kRefused, kSystem
  Descriptor Restore();

  /// Gives the path back. More calls do nothing. Not thread-safe.
  void Release() noexcept;

 private:
  PathClaim(const Endpoint& endpoint, int backlog, const Access& access);
  void ClearStale();
  void Bind();
  void Unlink() noexcept;

  const Endpoint endpoint_;
  const int backlog_;
  const Access access_;
  std::unique_ptr<PathLock> lock_;
  Descriptor listener_;
  pid_t owner_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool bound_ = false;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_PATH_CLAIM_H_
