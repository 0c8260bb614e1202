#include "pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum reading reading = READ_BLOCKING;

void fail(const char* what) {
  perror(what);
  exit(1);
}

static struct sockaddr_un address(const char* path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    fprintf(stderr, "path is too long: %s\n", path);
    exit(2);
  }
  memcpy(address.sun_path, path, strlen(path));
  return address;
}

int listen_at(const char* path) {
  struct sockaddr_un at = address(path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr*)&at, sizeof at) != 0) fail(path);
  if (listen(fd, 16) != 0) fail("listen");
  return fd;
}

int connect_to(const char* path) {
  struct sockaddr_un at = address(path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr*)&at, sizeof at) != 0) fail(path);
  return fd;
}

void set_reading(int fd) {
  if (reading != READ_BLOCKING && fcntl(fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
}

size_t read_some(int fd, void* to, size_t room) {
  for (;;) {
    ssize_t got = read(fd, to, room);
    if (got >= 0) return (size_t)got;
    if (errno == EINTR) continue;
    if (errno == ECONNRESET) return 0;
    if (errno != EAGAIN) fail("read");
    if (reading == READ_YIELD) sched_yield();
  }
}

bool read_all(int fd, void* to, size_t size) {
  for (size_t held = 0; held < size;) {
    size_t got = read_some(fd, (uint8_t*)to + held, size - held);
    if (got == 0) return false;
    held += got;
  }
  return true;
}

bool write_all(int fd, const void* from, size_t size) {
  const uint8_t* next = from;
  for (size_t left = size; left > 0;) {
    ssize_t put = write(fd, next, left);
    if (put < 0 && errno == EAGAIN) {
      // The spinning modes are non-blocking; a message over the socket's buffer takes turns.
      if (reading == READ_YIELD) sched_yield();
      continue;
    }
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && (errno == EPIPE || errno == ECONNRESET)) return false;
    if (put < 0) fail("write");
    next += put;
    left -= (size_t)put;
  }
  return true;
}
