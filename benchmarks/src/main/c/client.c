#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pipe.h"

enum { MESSAGES_A_WRITE = 64, LARGEST_BATCH = 1 << 20, MOST_SAMPLES = 4 << 20 };

static size_t size = 64;

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare(const void* a, const void* b) {
  uint32_t x = *(const uint32_t*)a;
  uint32_t y = *(const uint32_t*)b;
  return (x > y) - (x < y);
}

static void print_times(uint32_t* samples, size_t count, int64_t duration_ns) {
  qsort(samples, count, sizeof *samples, compare);
  printf(
      "{\"operations\": %zu, \"seconds\": %.6f, \"mean_ns\": %.1f, \"p50_ns\": %u, "
      "\"p90_ns\": %u, \"p99_ns\": %u, \"p999_ns\": %u, \"max_ns\": %u}\n",
      count, (double)duration_ns / 1e9, (double)duration_ns / (double)count, samples[count / 2],
      samples[count * 9 / 10], samples[count * 99 / 100], samples[count * 999 / 1000],
      samples[count - 1]);
}

static void print_rate(double operations, int64_t duration_ns) {
  double seconds = (double)duration_ns / 1e9;
  printf("{\"operations\": %.0f, \"seconds\": %.6f, \"operations_per_second\": %.1f}\n", operations,
         seconds, operations / seconds);
}

static void round_trip(int fd, uint8_t* message) {
  if (!write_all(fd, message, size) || !read_all(fd, message, size)) fail("the server has closed");
}

static uint32_t sample(int64_t nanos) { return nanos > UINT32_MAX ? UINT32_MAX : (uint32_t)nanos; }

static void latency(int fd, int64_t duration_ns) {
  uint32_t* samples = malloc(MOST_SAMPLES * sizeof *samples);
  uint8_t* message = calloc(1, size);
  size_t count = 0;
  int64_t start = now_ns();
  int64_t last = start;
  while (last - start < duration_ns && count < MOST_SAMPLES) {
    round_trip(fd, message);
    int64_t now = now_ns();
    samples[count++] = sample(now - last);
    last = now;
  }
  print_times(samples, count, last - start);
  free(samples);
  free(message);
}

// One round trip every 1/rate seconds, and sleep in between.
static void paced(int fd, int64_t duration_ns, int64_t rate) {
  uint32_t* samples = malloc(MOST_SAMPLES * sizeof *samples);
  uint8_t* message = calloc(1, size);
  size_t count = 0;
  int64_t start = now_ns();
  for (int64_t due = start; due - start < duration_ns && count < MOST_SAMPLES;
       due += 1000000000 / rate) {
    struct timespec until = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
    int64_t before = now_ns();
    round_trip(fd, message);
    samples[count++] = sample(now_ns() - before);
  }
  print_times(samples, count, now_ns() - start);
  free(samples);
  free(message);
}

// Keeps a window full: writes as many messages as fit, up to 64 at once, and reads what is there.
static void window(int fd, int64_t duration_ns, size_t in_flight) {
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
  print_rate((double)answered / (double)size, now_ns() - start);
  free(out);
  free(in);
}

static void stream(int fd, int64_t duration_ns) {
  uint8_t* in = malloc(LARGEST_BATCH);
  uint64_t got = 0;
  int64_t start = now_ns();
  int64_t now = start;
  while (now - start < duration_ns) {
    size_t some = read_some(fd, in, LARGEST_BATCH);
    if (some == 0) fail("the server has closed");
    got += some;
    now = now_ns();
  }
  print_rate((double)got / (double)size, now - start);
  free(in);
}

static int connect_server(const char* path, bool flow) {
  struct greeting greeting = {.size = size, .flow = flow ? 1 : 0};
  int fd = connect_to(path);
  set_reading(fd);
  if (!write_all(fd, &greeting, sizeof greeting)) fail(path);
  return fd;
}

// False if the command is none of these. Each has a connection of its own: a spinning server is at
// rest in between.
static bool measure(const char* path, const char* word, int64_t duration_ns, long number) {
  bool flow = strcmp(word, "stream") == 0;
  bool windows = strcmp(word, "callbacks") == 0 || strcmp(word, "producer") == 0;
  bool paces = strcmp(word, "paced") == 0;
  if (!flow && strcmp(word, "latency") != 0 && !((windows || paces) && number > 0)) return false;
  int fd = connect_server(path, flow);
  if (flow) {
    stream(fd, duration_ns);
  } else if (windows) {
    window(fd, duration_ns, (size_t)number);
  } else if (paces) {
    paced(fd, duration_ns, number);
  } else {
    latency(fd, duration_ns);
  }
  close(fd);
  return true;
}

void run_client(const char* path) {
  char line[256];
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    char word[32] = "";
    long first = 0;
    long second = 0;
    int words = sscanf(line, "%31s %ld %ld", word, &first, &second);
    if (words == 2 && strcmp(word, "size") == 0 && first > 0) {
      size = (size_t)first;
      puts("{}");
    } else if (words < 2 || !measure(path, word, (int64_t)first * 1000000, second)) {
      puts("unsupported");
    }
    fflush(stdout);
  }
}
