#include "server.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pipe.h"

enum { LARGEST_BATCH = 1 << 20, MESSAGES_A_WRITE = 64 };

// Sends back what comes, never before a message is whole: with one in flight that is a ping-pong.
static void echo(int fd, size_t size) {
  size_t room = size > LARGEST_BATCH ? size : LARGEST_BATCH / size * size;
  uint8_t* buffer = malloc(room);
  size_t held = 0;
  size_t got;
  while ((got = read_some(fd, buffer + held, room - held)) > 0) {
    held += got;
    size_t whole = held / size * size;
    if (whole == 0) continue;
    if (!write_all(fd, buffer, whole)) break;
    memmove(buffer, buffer + whole, held - whole);
    held -= whole;
  }
  free(buffer);
}

static void flow(int fd, size_t size) {
  uint8_t* messages = calloc(MESSAGES_A_WRITE, size);
  while (write_all(fd, messages, MESSAGES_A_WRITE * size)) {
  }
  free(messages);
}

static void serve_one(int fd) {
  struct greeting greeting;
  set_reading(fd);
  if (!read_all(fd, &greeting, sizeof greeting) || greeting.size == 0) return;
  if (greeting.flow != 0) {
    flow(fd, (size_t)greeting.size);
  } else {
    echo(fd, (size_t)greeting.size);
  }
}

// Answers what standard input says; false once it has ended.
static bool answer(void) {
  char line[256];
  ssize_t got = read(STDIN_FILENO, line, sizeof line);
  if (got <= 0) return false;
  for (ssize_t i = 0; i < got; i++) {
    if (line[i] == '\n') puts("unsupported");
  }
  fflush(stdout);
  return true;
}

void serve(const char* path) {
  int listener = listen_at(path);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd either[2] = {{.fd = listener, .events = POLLIN},
                               {.fd = STDIN_FILENO, .events = POLLIN}};
    if (poll(either, 2, -1) < 0) continue;
    if (either[1].revents != 0 && !answer()) break;
    if (either[0].revents == 0) continue;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    serve_one(fd);
    close(fd);
  }
  unlink(path);
}
