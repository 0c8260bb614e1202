// Names of servers, and the paths that they stand for (N-1 to N-3). Nothing here touches a path.
#ifndef PARLEY_PEER_NAMES_H_
#define PARLEY_PEER_NAMES_H_

#include "envelope.h"

enum { LONGEST_PATH = 100 };

// What the path of a name depends on beside the name.
struct places {
  unsigned user;
  const char* parley_root;      // NULL: not set
  const char* xdg_runtime_dir;  // NULL: not set
  bool (*owned)(const char* directory, unsigned user);
};

// Those of this process.
struct places places_here(void);

// The path of a name (N-1, N-2).
bool name_path(const struct places* places, struct bytes space, struct bytes name,
               char path[LONGEST_PATH + 1], struct fault* fault);
// An explicit path (N-1).
bool path_fits(const char* path, struct fault* fault);
void lock_path(const char* path, char lock[LONGEST_PATH + 6]);

#endif  // PARLEY_PEER_NAMES_H_
