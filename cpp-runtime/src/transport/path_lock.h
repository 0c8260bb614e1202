#ifndef PARLEY_SRC_TRANSPORT_PATH_LOCK_H_
#define PARLEY_SRC_TRANSPORT_PATH_LOCK_H_

#include <sys/types.h>

#include <memory>
#include <string>

namespace parley {

/// The `fcntl` lock on one lock file, N-4. The file is made if it is missing and never unlinked.
///
/// Such a lock belongs to the process: a second one would be granted here, and closing any
/// descriptor of the file drops it. So a table of the process, keyed by inode, is asked first, and
/// no descriptor of a file in the table is closed before its lock is released.
class PathLock {
 public:
  /// @param label what the lock is for, in errors
  /// @throws TransportError kInUse when this or another process holds it, kRefused when the file is
  ///     no plain file of ours
  static std::unique_ptr<PathLock> Take(const std::string& path, const std::string& label);

  /// Releases the lock, unless this is a forked child of the process that took it: a child holds
  /// nothing.
  ~PathLock();
  PathLock(const PathLock&) = delete;
  PathLock& operator=(const PathLock&) = delete;

 private:
  PathLock(dev_t device, ino_t inode);

  dev_t device_;
  ino_t inode_;
  pid_t owner_;
};

}  // namespace parley

#endif  // PARLEY_SRC_TRANSPORT_PATH_LOCK_H_
