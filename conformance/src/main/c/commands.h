// The commands of the conformance runner (PEERS.md): one a line, one answer each.
#ifndef PARLEY_PEER_COMMANDS_H_
#define PARLEY_PEER_COMMANDS_H_

#include <stdbool.h>
#include <stdint.h>

#include "claim.h"
#include "connection.h"

// A server, or what a connection of ours says of itself.
struct endpoint {
  struct endpoint* next;
  long handle;  // 0: not a server
  struct settings settings;
  struct claim claim;
  int64_t pause;  // after a failed accept
};

// All there are, the newest first.
extern struct endpoint* endpoints;
extern struct connection* connections;

// Runs the commands that were read, up to the first that waits for something.
void commands_run(void);

// Whether a command waits for a path, which is to be tried again soon.
bool commands_claim(void);

void commands_free(void);

#endif
