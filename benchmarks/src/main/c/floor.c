// The native floor: messages of a fixed size over a Unix socket, with nothing on top.
//
//   floor server|client --path P [--read blocking|spin|yield]
//
// PROGRAMS.md says what both do. Whoever starts them says on which cores they run; spinning goes on
// only while a command is under way, so that an idle server costs nothing.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "pipe.h"
#include "server.h"

int main(int count, char** arguments) {
  const char* path = NULL;
  signal(SIGPIPE, SIG_IGN);
  for (int i = 2; i + 1 < count; i += 2) {
    const char* value = arguments[i + 1];
    if (strcmp(arguments[i], "--path") == 0) path = value;
    if (strcmp(arguments[i], "--read") == 0) {
      reading = strcmp(value, "spin") == 0    ? READ_SPIN
                : strcmp(value, "yield") == 0 ? READ_YIELD
                                              : READ_BLOCKING;
    }
  }
  if (count < 2 || path == NULL) {
    fprintf(stderr, "usage: floor server|client --path P [--read blocking|spin|yield]\n");
    return 2;
  }
  if (strcmp(arguments[1], "server") == 0) {
    serve(path);
  } else {
    run_client(path);
  }
  return 0;
}
