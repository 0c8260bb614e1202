#include "transport/path_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "transport/system.h"

namespace parley {

namespace {

using FileId = std::pair<dev_t, ino_t>;

/// The lock files that this process has locked, each with its descriptors: the locked one, and any
/// that was opened in ignorance and may not be closed before it.
struct LockTable {
  std::mutex mutex;
  std::map<FileId, std::vector<Descriptor>> held;

  // Never destroyed: a server that is itself static may release its lock later.
  static LockTable& Get() {
    static LockTable* const table = new LockTable();
    return *table;
  }
};

FileId IdOf(const struct stat& status) { return {status.st_dev, status.st_ino}; }

[[noreturn]] void InUse(const std::string& path, const std::string& label,
                        const std::string& holder) {
  throw TransportError(TransportError::Reason::kInUse,
                       "N-4: " + label + " is in use: " + path + " is locked by " + holder);
}

[[noreturn]] void Refuse(const std::string& path, const std::string& why) {
  throw TransportError(TransportError::Reason::kRefused,
                       "N-4: lock file " + path + " is refused: " + why);
}

void CheckFile(const std::string& path, const struct stat& status) {
  if (S_ISLNK(status.st_mode)) Refuse(path, "it is a symbolic link");
  if (!S_ISREG(status.st_mode)) Refuse(path, "it is no plain file");
  if (status.st_uid != ::geteuid()) {
    Refuse(path, "it belongs to uid " + std::to_string(status.st_uid) + ", wanted " +
                     std::to_string(::geteuid()));
  }
}

// The whole file, as Java's FileChannel.tryLock() does it.
struct flock WholeFile() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string HolderOf(int file) {
  struct flock lock = WholeFile();
  if (::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0) {
    return "process " + std::to_string(lock.l_pid);
  }
  return "another process";
}

}  // namespace

std::unique_ptr<PathLock> PathLock::Take(const std::string& path, const std::string& label) {
  LockTable& table = LockTable::Get();
  const std::lock_guard<std::mutex> guard(table.mutex);
  while (true) {
    struct stat status;
    if (::lstat(path.c_str(), &status) == 0) {
      CheckFile(path, status);
      if (table.held.count(IdOf(status)) != 0) InUse(path, label, "this process");
    } else if (errno != ENOENT) {
      throw sys::Failure("N-4: cannot look at lock file " + path, errno);
    }
    Descriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (!file.valid()) throw sys::Failure("N-4: cannot open lock file " + path, errno);
    if (::fstat(file.number(), &status) != 0) {
      throw sys::Failure("N-4: cannot look at lock file " + path, errno);
    }
    const FileId id = IdOf(status);
    if (const auto held = table.held.find(id); held != table.held.end()) {
      // Replaced by a file that we hold, between looking and opening.
      held->second.push_back(std::move(file));
      InUse(path, label, "this process");
    }
    CheckFile(path, status);
    struct flock lock = WholeFile();
    int result;
    do {
      result = ::fcntl(file.number(), F_SETLK, &lock);
    } while (result != 0 && errno == EINTR);
    if (result != 0) {
      if (errno == EAGAIN || errno == EACCES) InUse(path, label, HolderOf(file.number()));
      throw sys::Failure("N-4: cannot lock " + path, errno);
    }
    struct stat present;
    if (::lstat(path.c_str(), &present) != 0 || IdOf(present) != id) {
      continue;  // replaced meanwhile: what we locked is no longer the lock file
    }
    std::unique_ptr<PathLock> taken(new PathLock(id.first, id.second));
    table.held[id].push_back(std::move(file));
    return taken;
  }
}

PathLock::PathLock(dev_t device, ino_t inode)
    : device_(device), inode_(inode), owner_(::getpid()) {}

PathLock::~PathLock() {
  // In a forked child the table's mutex may be held by a thread that does not exist there. Its
  // descriptors go with the process.
  if (owner_ != ::getpid()) return;
  LockTable& table = LockTable::Get();
  const std::lock_guard<std::mutex> guard(table.mutex);
  table.held.erase({device_, inode_});
}

}  // namespace parley
