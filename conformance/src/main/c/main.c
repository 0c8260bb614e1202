// The program that the conformance runner drives (PEERS.md): one command a line, one answer each.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "claim.h"
#include "connection.h"
#include "service.h"

// A server, or what a connection of ours says of itself.
struct endpoint {
  struct endpoint* next;
  long handle;  // 0: not a server
  struct settings settings;
  struct claim claim;
  int64_t pause;  // after a failed accept
};

static const size_t kMostUnfinished = 128;  // handshakes (H-5)

static struct endpoint* endpoints;
static struct connection* connections;
static struct call* calls;

static struct buffer input;
static bool input_ended;

// The command in hand: its words lie in `line`, each ended by NUL.
static struct buffer line;
static bool line_taken;
static bool begun;                  // the command has begun, and waits for something
static struct endpoint* endpoint;   // that the command made
static struct connection* subject;  // that the command waits for

// ---- Words and answers

static const char* argument(const char* key) {
  size_t size = strlen(key);
  const char* end = (const char*)line.data + line.size;
  for (const char* word = (const char*)line.data; word < end; word += strlen(word) + 1) {
    if (strncmp(word, key, size) == 0 && word[size] == '=') return word + size + 1;
  }
  return NULL;
}

static const char* word_argument(const char* key) {
  const char* word = argument(key);
  return word == NULL ? "" : word;
}

static uint64_t number_argument(const char* key) { return strtoull(word_argument(key), NULL, 10); }

static void hex_append(struct buffer* out, const char* text, size_t size) {
  for (size_t i = 0; i + 1 < size; i += 2) {
    int value = 0;
    for (size_t j = i; j < i + 2; j++) {
      value = value * 16 + (text[j] <= '9' ? text[j] - '0' : (text[j] | 0x20) - 'a' + 10);
    }
    uint8_t byte = (uint8_t)value;
    buffer_append(out, &byte, 1);
  }
}

static struct buffer hex_argument(const char* key) {
  struct buffer out = {NULL, 0, 0};
  hex_append(&out, word_argument(key), strlen(word_argument(key)));
  return out;
}

static struct buffer metadata_argument(void) {
  struct buffer out = {NULL, 0, 0};
  const char* at = word_argument("metadata");
  while (*at != '\0') {
    struct buffer key = {NULL, 0, 0};
    struct buffer value = {NULL, 0, 0};
    size_t key_size = strcspn(at, ":,");
    const char* rest = at + key_size + (at[key_size] == ':');
    size_t value_size = strcspn(rest, ",");
    hex_append(&key, at, key_size);
    hex_append(&value, rest, value_size);
    list_add(&out, 11, buffer_view(&key), buffer_view(&value));
    buffer_free(&key);
    buffer_free(&value);
    at = rest + value_size + (rest[value_size] == ',');
  }
  return out;
}

static void print_hex(struct bytes bytes) {
  static const char kDigits[] = "0123456789abcdef";
  for (size_t i = 0; i < bytes.size; i++) {
    putchar(kDigits[bytes.data[i] >> 4]);
    putchar(kDigits[bytes.data[i] & 15]);
  }
}

static void print_pairs(const char* key, const struct buffer* list) {
  struct bytes rest = buffer_view(list);
  struct field field;
  const char* comma = "";
  printf(" %s=", key);
  while (field_next(&rest, &field)) {
    struct bytes first, second;
    pair_decode(field.bytes, &first, &second);
    fputs(comma, stdout);
    print_hex(first);
    putchar(':');
    print_hex(second);
    comma = ",";
  }
}

// Each answer ends the command, which is why these return true.
static bool answer(const char* text) {
  puts(text);
  return true;
}

static bool answer_failed(enum code code, const char* message) {
  printf("failed code=%s outcome=NOT_SENT message=", code_name(code));
  print_hex(bytes_of(message));
  putchar('\n');
  return true;
}

// ---- Things by their handles

static struct endpoint* server_argument(void) {
  struct endpoint* found = endpoints;
  while (found != NULL && found->handle != (long)number_argument("server")) found = found->next;
  return found;
}

static struct connection* connection_argument(void) {
  struct connection* found = connections;
  long handle = (long)number_argument("connection");
  while (found != NULL && found->handle != handle) found = found->next;
  return found;
}

static struct call** call_argument(void) {
  struct call** found = &calls;
  while (*found != NULL && (*found)->handle != (long)number_argument("call")) {
    found = &(*found)->next;
  }
  return found;
}

static struct endpoint* endpoint_new(void) {
  struct endpoint* made = allocate(sizeof *made);
  struct settings* settings = &made->settings;
  settings->name = hex_argument("name");
  if (settings->name.size == 0) buffer_set(&settings->name, bytes_of("c"));
  settings->payload = hex_argument("payload");
  settings->hello = (struct hello){.version = 1,
                                   .min_version = 1,
                                   .level = 1,
                                   .max_frame = (uint32_t)number_argument("max_frame"),
                                   .max_message = number_argument("max_message"),
                                   .max_calls = (uint32_t)number_argument("max_calls"),
                                   .payload = buffer_view(&settings->payload)};
  if (settings->hello.max_frame == 0) settings->hello.max_frame = 4 << 20;
  if (settings->hello.max_message == 0) settings->hello.max_message = 64 << 20;
  if (settings->hello.max_calls == 0) settings->hello.max_calls = 1024;
  made->claim.lock = made->claim.listener = -1;
  made->next = endpoints;
  endpoints = made;
  return made;
}

static bool path_argument(char path[LONGEST_PATH + 1], bool serving, struct fault* fault) {
  const char* word = argument("path");
  if (word == NULL) {
    struct places places = places_here();
    struct bytes name = bytes_of(word_argument("address"));
    return name_path(&places, bytes_of("app"), name, path, fault) &&
           path_prepare(path, serving, fault);
  }
  if (!path_fits(word, fault)) return false;
  memcpy(path, word, strlen(word) + 1);
  return true;
}

// ---- Commands. Each returns whether it has answered; one that has not is called again.

static bool command_serve(void) {
  struct fault fault;
  char path[LONGEST_PATH + 1];
  if (!begun) {
    if (!path_argument(path, true, &fault)) return answer_failed(fault.code, fault.text);
    endpoint = endpoint_new();
    claim_begin(&endpoint->claim, path);
  }
  switch (claim_try(&endpoint->claim, &fault)) {
    case CLAIM_WAITS:
      return false;
    case CLAIM_REFUSED:
      return answer_failed(fault.code, fault.text);
    case CLAIM_HELD:
      break;
  }
  endpoint->handle = (long)number_argument("server");
  return answer("ok");
}

static bool command_stop(void) {
  struct endpoint* server = server_argument();
  if (server == NULL) return answer_failed(CODE_NOT_FOUND, "no such server");
  claim_release(&server->claim);
  for (struct connection* c = connections; c != NULL; c = c->next) {
    if (c->server == server) connection_close(c);
  }
  return answer("ok");
}

static bool command_await_stop(void) {
  const struct endpoint* server = server_argument();
  for (struct connection* c = connections; c != NULL; c = c->next) {
    if (server != NULL && c->server == server) return false;
  }
  return answer("ok");
}

static bool command_abort(void) {
  if (argument("server") == NULL) {
    struct connection* c = connection_argument();
    if (c != NULL) connection_abort(c);
    return answer("ok");
  }
  struct endpoint* server = server_argument();
  if (server == NULL) return answer_failed(CODE_NOT_FOUND, "no such server");
  claim_release(&server->claim);
  for (struct connection* c = connections; c != NULL; c = c->next) {
    if (c->server == server) connection_abort(c);
  }
  return answer("ok");
}

static bool command_connect(void) {
  struct fault fault;
  char path[LONGEST_PATH + 1];
  if (!begun) {
    if (!path_argument(path, false, &fault)) return answer_failed(fault.code, fault.text);
    subject = connection_connect(path, &endpoint_new()->settings);
    subject->handle = (long)number_argument("connection");
    buffer_set(&subject->peer_name, bytes_of(word_argument("address")));
    subject->next = connections;
    connections = subject;
  }
  if (subject->phase < PHASE_OPEN) return false;
  if (subject->phase > PHASE_OPEN) return answer_failed(subject->end.code, subject->end.text);
  fputs("ok peer=", stdout);
  print_hex(buffer_view(&subject->peer_name));
  return answer("");
}

static bool command_start(void) {
  struct connection* c = connection_argument();
  if (strcmp(word_argument("style"), "blocking") == 0) return answer("unsupported");
  if (word_argument("shape")[0] != '\0') return answer("unsupported");
  if (c == NULL) return answer_failed(CODE_NOT_FOUND, "no such connection");
  struct bytes method = bytes_of(word_argument("method"));
  struct buffer payload = hex_argument("payload");
  struct buffer metadata = metadata_argument();
  uint64_t timeout_us = number_argument("timeout_us");
  bool expired = timeout_us == 0 && word_argument("timeout_us")[0] != '\0';
  struct call* call = expired
                          ? call_expired()
                          : call_start(c, method, service_reply_schema(method),
                                       buffer_view(&payload), buffer_view(&metadata), timeout_us);
  call->handle = (long)number_argument("call");
  call->next = calls;
  calls = call;
  buffer_free(&payload);
  buffer_free(&metadata);
  return answer("ok");
}

static bool command_cancel(void) {
  struct call* call = *call_argument();
  if (call == NULL) return answer_failed(CODE_NOT_FOUND, "no such call");
  call_cancel(call);
  return answer("ok");
}

static bool command_await(void) {
  struct call** at = call_argument();
  struct call* call = *at;
  if (call == NULL) return answer_failed(CODE_NOT_FOUND, "no such call");
  if (!call->done) return false;
  printf("result outcome=%s code=%s", outcome_name(call->outcome), code_name((int32_t)call->code));
  if (call->code == CODE_OK) {
    fputs(" payload=", stdout);
    print_hex(buffer_view(&call->payload));
  } else {
    printf(" number=%d message=", (int)call->number);
    print_hex(buffer_view(&call->message));
    print_pairs("details", &call->details);
  }
  print_pairs("metadata", &call->metadata);
  *at = call->next;
  call_free(call);
  return answer("");
}

static bool send_event(const char* name) {
  struct connection* c = connection_argument();
  if (c == NULL) return answer_failed(CODE_NOT_FOUND, "no such connection");
  struct buffer payload = hex_argument("payload");
  struct buffer metadata = metadata_argument();
  struct fault fault;
  bool sent =
      connection_event(c, bytes_of(name), buffer_view(&payload), buffer_view(&metadata), &fault);
  buffer_free(&payload);
  buffer_free(&metadata);
  return sent ? answer("ok") : answer_failed(fault.code, fault.text);
}

static bool command_event(void) { return send_event(word_argument("name")); }

// A one-way method is an event to this peer, named by the method (E-1).
static bool command_send_one_way(void) { return send_event(word_argument("method")); }

static bool command_ping(void) {
  struct fault fault;
  if (!begun) {
    subject = connection_argument();
    if (subject == NULL) return answer_failed(CODE_NOT_FOUND, "no such connection");
    if (!connection_ping(subject, &fault)) return answer_failed(fault.code, fault.text);
  }
  if (!subject->ping_waits) {
    printf("ok round_trip_us=%lld", (long long)subject->round_trip);
    return answer("");
  }
  if (subject->phase == PHASE_OPEN) return false;
  return answer_failed(CODE_UNAVAILABLE, subject->end.text);
}

static bool command_close(void) {
  struct connection* c = connection_argument();
  if (c == NULL) return answer_failed(CODE_NOT_FOUND, "no such connection");
  connection_close(c);
  return answer("ok");
}

static bool command_await_close(void) {
  const struct connection* c = connection_argument();
  return (c == NULL || c->phase == PHASE_ENDED) && answer("ok");
}

static bool command_open_gate(void) {
  gate_open(bytes_of(word_argument("gate")));
  return answer("ok");
}

static bool command_wait_gate(void) {
  return gate_is_open(bytes_of(word_argument("gate"))) && answer("ok");
}

static bool command_take_log(void) {
  struct buffer notes = {NULL, 0, 0};
  log_take(bytes_of(word_argument("log")), &notes, 1);
  struct bytes rest = buffer_view(&notes);
  struct field field;
  const char* comma = "ok notes=";
  while (field_next(&rest, &field)) {
    fputs(comma, stdout);
    print_hex(field.bytes);
    comma = ",";
  }
  buffer_free(&notes);
  return answer(comma[0] == ',' ? "" : comma);
}

static const struct {
  const char* verb;
  bool (*run)(void);
} kCommands[] = {
    {"serve", command_serve},           {"stop", command_stop},
    {"await-stop", command_await_stop}, {"abort", command_abort},
    {"connect", command_connect},       {"start", command_start},
    {"cancel", command_cancel},         {"await", command_await},
    {"event", command_event},           {"ping", command_ping},
    {"close", command_close},           {"await-close", command_await_close},
    {"open-gate", command_open_gate},   {"wait-gate", command_wait_gate},
    {"take-log", command_take_log},     {"send-one-way", command_send_one_way},
};

// Takes the next whole line off the input and cuts it into words.
static bool take_line(void) {
  uint8_t* end = input.size == 0 ? NULL : memchr(input.data, '\n', input.size);
  if (end == NULL) return false;
  size_t size = (size_t)(end - input.data);
  buffer_set(&line, (struct bytes){input.data, size + 1});
  line.data[size] = '\0';
  for (size_t i = 0; i < size; i++) {
    if (line.data[i] == ' ') line.data[i] = '\0';
  }
  memmove(input.data, end + 1, input.size - size - 1);
  input.size -= size + 1;
  return true;
}

static void run_commands(void) {
  while (line_taken || take_line()) {
    line_taken = true;
    bool answered = false;
    bool known = false;
    for (size_t i = 0; i < sizeof kCommands / sizeof kCommands[0] && !known; i++) {
      known = strcmp((const char*)line.data, kCommands[i].verb) == 0;
      if (known) answered = kCommands[i].run();
    }
    begun = known && !answered;
    if (begun) return;
    if (!known) answer("unsupported");
    fflush(stdout);
    line_taken = false;
    endpoint = NULL;
  }
}

// ---- The loop

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
    run_commands();
  } while (gates_opened() != before);
}

static int poll_all(struct pollfd* polls, int64_t* waited) {
  int64_t now = now_us();
  int64_t wake = begun && endpoint != NULL ? now + 10000 : NEVER;
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

static void read_input(void) {
  ssize_t got = read(STDIN_FILENO, buffer_reserve(&input, 65536), 65536);
  if (got > 0) input.size += (size_t)got;
  if (got == 0) input_ended = true;
}

static void drop_everything(void) {
  for (struct endpoint* e = endpoints; e != NULL; e = e->next) claim_release(&e->claim);
  while (connections != NULL) {
    struct connection* c = connections;
    connections = c->next;
    connection_free(c);
  }
  while (calls != NULL) {
    struct call* call = calls;
    calls = call->next;
    call_free(call);
  }
  while (endpoints != NULL) {
    struct endpoint* e = endpoints;
    endpoints = e->next;
    buffer_free(&e->settings.name);
    buffer_free(&e->settings.payload);
    free(e);
  }
  buffer_free(&input);
  buffer_free(&line);
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
    if (ready->revents != 0) read_input();
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
