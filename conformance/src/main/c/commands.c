#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service.h"
#include "words.h"

struct endpoint* endpoints;
struct connection* connections;

static struct call* calls;

// The command in hand.
static bool taken;
static bool begun;                  // the command has begun, and waits for something
static struct endpoint* endpoint;   // that the command made
static struct connection* subject;  // that the command waits for

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

void commands_run(void) {
  while (taken || words_take()) {
    taken = true;
    bool answered = false;
    bool known = false;
    for (size_t i = 0; i < sizeof kCommands / sizeof kCommands[0] && !known; i++) {
      known = strcmp(words_verb(), kCommands[i].verb) == 0;
      if (known) answered = kCommands[i].run();
    }
    begun = known && !answered;
    if (begun) return;
    if (!known) answer("unsupported");
    fflush(stdout);
    taken = false;
    endpoint = NULL;
  }
}

bool commands_claim(void) { return begun && endpoint != NULL; }

void commands_free(void) {
  while (calls != NULL) {
    struct call* call = calls;
    calls = call->next;
    call_free(call);
  }
  words_free();
}
