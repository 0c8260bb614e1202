// The native floor: messages of a fixed size over a Unix socket, with nothing on top.
//
//   floor server --path P --size N [--read blocking|spin|yield]
//     Echoes. Says "ready" once it listens; ends when its standard input does.
//   floor client --path P --size N [--read blocking|spin|yield]
//     Reads commands from standard input and answers each with one line of JSON:
//       latency MILLIS               one message in flight; quantiles of the round trip
//       throughput MILLIS IN_FLIGHT  a window of messages, up to 64 a write
//
// Both ends are processes of their own. Whoever starts them says on which cores they run; spinning
// goes on only while a connection is open, so that an idle server costs nothing.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGES_A_WRITE = 64, LARGEST_BATCH = 1 << 20, MOST_SAMPLES = 4 << 20 };

enum reading { READ_BLOCKING, READ_SPIN, READ_YIELD };

static enum reading reading = READ_BLOCKING;
static const char* path;
static size_t size = 64;

static void fail(const char* what) {
  perror(what);
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct sockaddr_un address(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    fprintf(stderr, "path is too long: %s\n", path);
    exit(2);
  }
  memcpy(address.sun_path, path, strlen(path));
  return address;
}

// Reads some bytes in the way that is being measured. 0: the other end has closed.
static size_t read_some(int fd, uint8_t* to, size_t room) {
  for (;;) {
    ssize_t got = read(fd, to, room);
    if (got >= 0) return (size_t)got;
    if (errno == EINTR) continue;
    if (errno == ECONNRESET) return 0;
    if (errno != EAGAIN) fail("read");
    if (reading == READ_YIELD) sched_yield();
  }
}

static void write_all(int fd, const uint8_t* from, size_t left) {
  while (left > 0) {
    ssize_t put = write(fd, from, left);
    if (put < 0 && errno == EAGAIN) {
      // The spinning modes are non-blocking; a message over the socket's buffer takes turns.
      if (reading == READ_YIELD) sched_yield();
      continue;
    }
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (put < 0) fail("write");
    from += put;
    left -= (size_t)put;
  }
}

static void set_reading(int fd) {
  if (reading != READ_BLOCKING && fcntl(fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
}

// ---- Server

// Sends back what comes, never before a message is whole: with one in flight that is a ping-pong.
static void echo(int fd) {
  size_t room = size > LARGEST_BATCH ? size : LARGEST_BATCH / size * size;
  uint8_t* buffer = malloc(room);
  size_t held = 0;
  size_t got;
  while ((got = read_some(fd, buffer + held, room - held)) > 0) {
    held += got;
    size_t whole = held / size * size;
    if (whole == 0) continue;
    write_all(fd, buffer, whole);
    memmove(buffer, buffer + whole, held - whole);
    held -= whole;
  }
  free(buffer);
}

static void serve(void) {
  struct sockaddr_un at = address();
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr*)&at, sizeof at) != 0) fail(path);
  if (listen(listener, 16) != 0) fail("listen");
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd either[2] = {{.fd = listener, .events = POLLIN},
                               {.fd = STDIN_FILENO, .events = POLLIN}};
    if (poll(either, 2, -1) < 0) continue;
    char ignored[256];
    if (either[1].revents != 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0) break;
    if (either[0].revents == 0) continue;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    set_reading(fd);
    echo(fd);
    close(fd);
  }
  unlink(path);
}

// ---- Client

static int compare(const void* a, const void* b) {
  uint32_t x = *(const uint32_t*)a;
  uint32_t y = *(const uint32_t*)b;
  return (x > y) - (x < y);
}

static void latency(int fd, int64_t duration_ns) {
  uint32_t* samples = malloc(MOST_SAMPLES * sizeof *samples);
  uint8_t* message = calloc(1, size);
  size_t count = 0;
  int64_t start = now_ns();
  int64_t last = start;
  while (last - start < duration_ns && count < MOST_SAMPLES) {
    write_all(fd, message, size);
    for (size_t held = 0; held < size;) {
      size_t got = read_some(fd, message + held, size - held);
      if (got == 0) fail("the server has closed");
      held += got;
    }
    int64_t now = now_ns();
    int64_t took = now - last;
    samples[count++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
    last = now;
  }
  qsort(samples, count, sizeof *samples, compare);
  double seconds = (double)(last - start) / 1e9;
  printf(
      "{\"operations\": %zu, \"seconds\": %.6f, \"mean_ns\": %.1f, \"p50_ns\": %u, "
      "\"p90_ns\": %u, \"p99_ns\": %u, \"p999_ns\": %u, \"max_ns\": %u}\n",
      count, seconds, seconds * 1e9 / (double)count, samples[count / 2], samples[count * 9 / 10],
      samples[count * 99 / 100], samples[count * 999 / 1000], samples[count - 1]);
  free(samples);
  free(message);
}

// Keeps the window full: writes as many messages as fit, up to 64 at once, and reads what is there.
static void throughput(int fd, int64_t duration_ns, size_t in_flight) {
  size_t most = in_flight < MESSAGES_A_WRITE ? in_flight : MESSAGES_A_WRITE;
  if (most * size > LARGEST_BATCH) most = size > LARGEST_BATCH ? 1 : LARGEST_BATCH / size;
  uint8_t* out = calloc(most, size);
  uint8_t* in = malloc(LARGEST_BATCH);
  uint64_t written = 0;  // bytes
  uint64_t answered = 0;
  size_t batch = 0;  // bytes of the write in hand that are left
  if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  int64_t start = now_ns();
  bool stopping = false;
  for (;;) {
    if (batch == 0 && now_ns() - start >= duration_ns) stopping = true;
    if (stopping && answered == written) break;
    uint64_t open = (written + batch - answered + size - 1) / size;
    // A new write once a full one has room: many small ones would measure the calls to the kernel.
    if (batch == 0 && !stopping && open + most <= in_flight) batch = most * size;
    bool idle = true;
    if (batch > 0) {
      ssize_t put = write(fd, out, batch);
      if (put < 0 && errno != EAGAIN && errno != EINTR) fail("write");
      if (put > 0) {
        written += (uint64_t)put;
        batch -= (size_t)put;
        idle = false;
      }
    }
    ssize_t got = read(fd, in, LARGEST_BATCH);
    if (got == 0) fail("the server has closed");
    if (got < 0 && errno != EAGAIN && errno != EINTR) fail("read");
    if (got > 0) {
      answered += (uint64_t)got;
      idle = false;
    }
    if (!idle) continue;
    if (reading == READ_BLOCKING) {
      struct pollfd either = {.fd = fd, .events = (short)(POLLIN | (batch > 0 ? POLLOUT : 0))};
      poll(&either, 1, -1);
    } else if (reading == READ_YIELD) {
      sched_yield();
    }
  }
  double seconds = (double)(now_ns() - start) / 1e9;
  double operations = (double)answered / (double)size;
  printf("{\"operations\": %.0f, \"seconds\": %.6f, \"operations_per_second\": %.1f}\n", operations,
         seconds, operations / seconds);
  free(out);
  free(in);
}

static int connect_server(void) {
  struct sockaddr_un at = address();
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr*)&at, sizeof at) != 0) fail(path);
  set_reading(fd);
  return fd;
}

static void run_client(void) {
  char line[256];
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    long millis = 0;
    unsigned long in_flight = 0;
    int fd = connect_server();
    if (sscanf(line, "latency %ld", &millis) == 1) {
      latency(fd, (int64_t)millis * 1000000);
    } else if (sscanf(line, "throughput %ld %lu", &millis, &in_flight) == 2 && in_flight > 0) {
      throughput(fd, (int64_t)millis * 1000000, in_flight);
    } else {
      fprintf(stderr, "unknown command: %s", line);
      exit(2);
    }
    close(fd);
    fflush(stdout);
  }
}

int main(int count, char** arguments) {
  signal(SIGPIPE, SIG_IGN);
  for (int i = 2; i + 1 < count; i += 2) {
    const char* value = arguments[i + 1];
    if (strcmp(arguments[i], "--path") == 0) path = value;
    if (strcmp(arguments[i], "--size") == 0) size = strtoul(value, NULL, 10);
    if (strcmp(arguments[i], "--read") == 0) {
      reading = strcmp(value, "spin") == 0    ? READ_SPIN
                : strcmp(value, "yield") == 0 ? READ_YIELD
                                              : READ_BLOCKING;
    }
  }
  if (count < 2 || path == NULL || size == 0) {
    fprintf(stderr, "usage: floor server|client --path P --size N [--read blocking|spin|yield]\n");
    return 2;
  }
  if (strcmp(arguments[1], "server") == 0) {
    serve();
  } else {
    run_client();
  }
  return 0;
}
