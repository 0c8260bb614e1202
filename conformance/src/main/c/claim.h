// The claim of a socket path (N-1, N-3 to N-7).
#ifndef PARLEY_PEER_CLAIM_H_
#define PARLEY_PEER_CLAIM_H_

#include <sys/stat.h>

#include "names.h"

// A path that this process listens on, or tries to. Zeroed before the first claim_try.
struct claim {
  struct claim* next;  // all that this process holds (N-4)
  char path[LONGEST_PATH + 1];
  char lock_path[LONGEST_PATH + 6];
  int lock;
  int listener;
  struct stat lock_file;
  struct stat socket_file;
  int64_t give_up;
};

enum claim_state { CLAIM_HELD, CLAIM_WAITS, CLAIM_REFUSED };

// Checks the root and the space of a name's path (N-1). `create`: makes those that are missing;
// otherwise what is missing is no fault.
bool path_prepare(const char* path, bool create, struct fault* fault);

void claim_begin(struct claim* claim, const char* path);
// Tries to listen on the path. CLAIM_WAITS: try again soon.
enum claim_state claim_try(struct claim* claim, struct fault* fault);
// Unlinks the socket if it is still ours, closes the listener, releases the lock (N-7).
void claim_release(struct claim* claim);

#endif  // PARLEY_PEER_CLAIM_H_
