#include "claim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "connection.h"

static struct claim* held;  // N-4: what this very process has locked

static bool refuse(struct fault* fault, const char* rule, const char* path, const char* reason) {
  return fault_set(fault, CODE_FAILED_PRECONDITION, "%s: %s %s", rule, path, reason);
}

enum missing { MISSING_IS_MADE, MISSING_IS_REFUSED, MISSING_IS_GOOD };

// N-1: ours, exactly 0700, no link.
static bool directory_is_ours(const char* path, enum missing missing, struct fault* fault) {
  struct stat found;
  if (missing == MISSING_IS_MADE && mkdir(path, 0700) != 0 && errno != EEXIST) {
    return refuse(fault, "N-1", path, strerror(errno));
  }
  if (lstat(path, &found) != 0) {
    return (missing == MISSING_IS_GOOD && errno == ENOENT) ||
           refuse(fault, "N-1", path, strerror(errno));
  }
  if (!S_ISDIR(found.st_mode)) return refuse(fault, "N-1", path, "is no directory");
  if (found.st_uid != geteuid()) return refuse(fault, "N-1", path, "is not of this user");
  if ((found.st_mode & 07777) != 0700) return refuse(fault, "N-1", path, "has a mode but 0700");
  return true;
}

bool path_prepare(const char* path, bool create, struct fault* fault) {
  enum missing missing = create ? MISSING_IS_MADE : MISSING_IS_GOOD;
  char space[LONGEST_PATH + 1];
  char root[LONGEST_PATH + 1];
  snprintf(space, sizeof space, "%.*s", (int)(strrchr(path, '/') - path), path);
  snprintf(root, sizeof root, "%.*s", (int)(strrchr(space, '/') - space), space);
  return directory_is_ours(root[0] == '\0' ? "/" : root, missing, fault) &&
         directory_is_ours(space, missing, fault);
}

void claim_begin(struct claim* claim, const char* path) {
  *claim = (struct claim){.lock = -1, .listener = -1, .give_up = now_us() + 1000000};
  snprintf(claim->path, sizeof claim->path, "%s", path);
  lock_path(path, claim->lock_path);
}

static bool same_file(const struct stat* a, const struct stat* b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

// N-5: what is not certainly free is asked again, for a second.
static enum claim_state later(struct claim* claim, const char* reason, struct fault* fault) {
  if (now_us() < claim->give_up) return CLAIM_WAITS;
  fault_set(fault, CODE_ALREADY_EXISTS, "N-5: %s is in use: %s", claim->path, reason);
  return CLAIM_REFUSED;
}

static enum claim_state take_lock(struct claim* claim, struct fault* fault) {
  struct stat found;
  if (stat(claim->lock_path, &found) == 0) {
    for (struct claim* other = held; other != NULL; other = other->next) {
      if (!same_file(&other->lock_file, &found)) continue;
      fault_set(fault, CODE_ALREADY_EXISTS, "N-4: %s is in use by this process", claim->path);
      return CLAIM_REFUSED;
    }
  }
  int lock = open(claim->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) {
    refuse(fault, "N-3", claim->lock_path, strerror(errno));
    return CLAIM_REFUSED;
  }
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  struct stat opened;
  if (fcntl(lock, F_SETLK, &whole) != 0) {
    close(lock);
    fault_set(fault, CODE_ALREADY_EXISTS, "N-4: %s is in use by another process", claim->path);
    return CLAIM_REFUSED;
  }
  if (fstat(lock, &opened) != 0 || stat(claim->lock_path, &found) != 0 ||
      !same_file(&opened, &found)) {
    close(lock);
    return later(claim, "its lock file is being replaced", fault);
  }
  claim->lock = lock;
  claim->lock_file = opened;
  claim->next = held;
  held = claim;
  return CLAIM_HELD;
}

// Removes a stale socket (N-5). CLAIM_HELD: nothing is at the path now.
static enum claim_state clear_path(struct claim* claim, const struct sockaddr_un* address,
                                   struct fault* fault) {
  struct stat found;
  struct stat again;
  if (lstat(claim->path, &found) != 0) {
    if (errno == ENOENT) return CLAIM_HELD;
    refuse(fault, "N-5", claim->path, strerror(errno));
    return CLAIM_REFUSED;
  }
  if (!S_ISSOCK(found.st_mode) || found.st_uid != geteuid()) {
    refuse(fault, "N-5", claim->path, "is no socket of ours");
    return CLAIM_REFUSED;
  }
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  bool stale = probe >= 0 &&
               connect(probe, (const struct sockaddr*)address, sizeof *address) != 0 &&
               errno == ECONNREFUSED;
  if (probe >= 0) close(probe);
  if (!stale) return later(claim, "somebody listens there", fault);
  if (lstat(claim->path, &again) != 0 || !same_file(&found, &again)) return CLAIM_WAITS;
  if (unlink(claim->path) == 0) return CLAIM_HELD;
  refuse(fault, "N-5", claim->path, strerror(errno));
  return CLAIM_REFUSED;
}

static enum claim_state listen_there(struct claim* claim, const struct sockaddr_un* address,
                                     struct fault* fault) {
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (const struct sockaddr*)address, sizeof *address) != 0) {
    bool taken = errno == EADDRINUSE;
    refuse(fault, "N-5", claim->path, taken ? "is in use" : strerror(errno));
    if (taken) fault->code = CODE_ALREADY_EXISTS;
    if (listener >= 0) close(listener);
    return CLAIM_REFUSED;
  }
  claim->listener = listener;
  if (lstat(claim->path, &claim->socket_file) == 0 && listen(listener, 128) == 0) return CLAIM_HELD;
  refuse(fault, "N-5", claim->path, strerror(errno));
  return CLAIM_REFUSED;
}

enum claim_state claim_try(struct claim* claim, struct fault* fault) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, claim->path, strlen(claim->path));
  const char* slash = strrchr(claim->path, '/');
  char directory[LONGEST_PATH + 1] = ".";
  if (slash != NULL) {
    snprintf(directory, sizeof directory, "%.*s", (int)(slash - claim->path), claim->path);
  }
  if (slash == claim->path) strcpy(directory, "/");
  if (!directory_is_ours(directory, MISSING_IS_REFUSED, fault)) return CLAIM_REFUSED;
  enum claim_state state = claim->lock >= 0 ? CLAIM_HELD : take_lock(claim, fault);
  if (state == CLAIM_HELD) state = clear_path(claim, &address, fault);
  if (state == CLAIM_HELD) state = listen_there(claim, &address, fault);
  if (state == CLAIM_REFUSED) claim_release(claim);
  return state;
}

void claim_release(struct claim* claim) {
  struct stat found;
  if (claim->listener >= 0) {
    if (lstat(claim->path, &found) == 0 && same_file(&found, &claim->socket_file)) {
      unlink(claim->path);
    }
    close(claim->listener);
  }
  if (claim->lock >= 0) {
    close(claim->lock);
    struct claim** at = &held;
    while (*at != claim) at = &(*at)->next;
    *at = claim->next;
  }
  claim->listener = claim->lock = -1;
}
