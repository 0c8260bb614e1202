// The program that the conformance runner drives (PEERS.md): one thread, one loop for the commands
// and all connections.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "commands.h"
#include "service.h"
#include "words.h"

static const size_t kMostUnfinished = 128;  // handshakes (H-5)

static bool input_ended;

static void accept_all(struct endpoint* server) {
  for (;;) {
    int fd = accept4(server->claim.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      // Out of descriptors, perhaps: a loop without a pause would only spin.
      if (errno != EAGAIN) server->pause = now_us() + 100000;
      return;
    }
    size_t unfinished = 0;
    for (struct connection* c = connections; c != NULL; c = c->next) {
      unfinished += c->server != NULL && c->phase == PHASE_HELLO;
    }
    struct connection* c =
        connection_accept(fd, &server->settings, server, unfinished >= kMostUnfinished);
    c->next = connections;
    connections = c;
  }
}

static void free_ended(void) {
  struct connection** at = &connections;
  while (*at != NULL) {
    struct connection* c = *at;
    if (c->server != NULL && c->phase == PHASE_ENDED) {
      *at = c->next;
      connection_free(c);
    } else {
      at = &c->next;
    }
  }
}

// Does all that needs no waiting.
static void advance(void) {
  size_t before;
  do {  // a gate that a handler or a command opens lets another handler go on
    before = gates_opened();
    for (struct connection* c = connections; c != NULL; c = c->next) connection_tick(c);
    free_ended();
    commands_run();
  } while (gates_opened() != before);
}

static int poll_all(struct pollfd* polls, int64_t* waited) {
  int64_t now = now_us();
  int64_t wake = commands_claim() ? now + 10000 : NEVER;
  nfds_t count = 0;
  polls[count++] = (struct pollfd){.fd = input_ended ? -1 : STDIN_FILENO, .events = POLLIN};
  for (struct endpoint* e = endpoints; e != NULL; e = e->next) {
    bool paused = e->pause > now;
    if (paused && e->pause < wake) wake = e->pause;
    polls[count++] = (struct pollfd){.fd = paused ? -1 : e->claim.listener, .events = POLLIN};
  }
  for (struct connection* c = connections; c != NULL; c = c->next) {
    if (c->phase != PHASE_ENDED && connection_wake(c) < wake) wake = connection_wake(c);
    polls[count++] = (struct pollfd){.fd = c->fd, .events = connection_events(c)};
  }
  int64_t wait = wake == NEVER ? -1 : wake <= now ? 0 : (wake - now + 999) / 1000;
  int ready = poll(polls, count, wait > 60000 ? 60000 : (int)wait);
  *waited = now_us() - now;
  return ready;
}

static void drop_everything(void) {
  for (struct endpoint* e = endpoints; e != NULL; e = e->next) claim_release(&e->claim);
  while (connections != NULL) {
    struct connection* c = connections;
    connections = c->next;
    connection_free(c);
  }
  while (endpoints != NULL) {
    struct endpoint* e = endpoints;
    endpoints = e->next;
    buffer_free(&e->settings.name);
    buffer_free(&e->settings.payload);
    free(e);
  }
  commands_free();
  service_free();
}

int main(void) {
  struct buffer polls = {NULL, 0, 0};
  signal(SIGPIPE, SIG_IGN);
  puts("peer language=c level=1 styles=async");
  fflush(stdout);
  while (!input_ended) {
    advance();
    size_t count = 1;
    for (struct endpoint* e = endpoints; e != NULL; e = e->next) count++;
    for (struct connection* c = connections; c != NULL; c = c->next) count++;
    struct pollfd* ready = (struct pollfd*)(void*)buffer_reserve(&polls, count * sizeof *ready);
    int64_t waited;
    if (poll_all(ready, &waited) < 0) continue;
    if (ready->revents != 0) input_ended = !words_read();
    struct pollfd* at = ready + 1;
    struct endpoint* listening = endpoints;
    struct connection* c = connections;  // those that are accepted now come before it
    for (; listening != NULL; listening = listening->next, at++) {
      if (at->revents != 0) accept_all(listening);
    }
    for (; c != NULL; c = c->next, at++) connection_ready(c, at->revents, waited);
  }
  buffer_free(&polls);
  drop_everything();
  return 0;
}
