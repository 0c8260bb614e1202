#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "service.h"

static const size_t kMostHeld = 256 << 20;             // C-11
static const size_t kMostHandlers = 8192;              // C-5
static const uint64_t kNoTimeout = (uint64_t)1 << 53;  // C-7

static size_t handlers;  // that run, for all connections together

static const char* outcome_reason(const struct connection* c) {
  return c->end.text[0] != '\0' ? c->end.text : "the connection ended";
}

const char* outcome_name(enum outcome outcome) {
  static const char* const kNames[] = {"REPLIED", "NOT_SENT", "REJECTED", "UNKNOWN"};
  return kNames[outcome];
}

// ---- Calls of ours

static void finish(struct call* call, enum outcome outcome, enum code code, struct bytes message) {
  call->done = true;
  call->slot = NULL;
  call->outcome = outcome;
  call->code = code;
  call->number = code;
  buffer_set(&call->message, message);
}

void call_free(struct call* call) {
  if (call->slot != NULL) call->slot->call = NULL;
  buffer_free(&call->message);
  buffer_free(&call->payload);
  buffer_free(&call->details);
  buffer_free(&call->metadata);
  free(call);
}

// C-8: sent once a write has taken the first byte.
static bool unsent(const struct outgoing* slot) {
  return slot->request != NULL && slot->request->written == 0;
}

// Frees the slot. A request of which nothing is written is withdrawn.
static void slot_free(struct outgoing* slot) {
  struct connection* c = slot->connection;
  struct outgoing** at = &c->outgoing;
  while (*at != slot) at = &(*at)->next;
  *at = slot->next;
  c->out_calls--;
  if (unsent(slot)) {
    frame_withdraw(c, slot->request);
  } else if (slot->request != NULL) {
    slot->request->slot = NULL;
  }
  free(slot);
}

// Ends the call for the application. The slot stays until RESPONSE, if anything was written.
static void leave(struct outgoing* slot, enum code code, const char* message) {
  bool withdrawn = unsent(slot);
  if (slot->call != NULL) {
    finish(slot->call, withdrawn ? NOT_SENT : UNKNOWN_OUTCOME, code, bytes_of(message));
    slot->call = NULL;
    slot->deadline = NEVER;
    if (!withdrawn) {
      connection_send(slot->connection, &(struct envelope){.type = TYPE_CANCEL, .id = slot->id});
    }
  }
  if (withdrawn) slot_free(slot);
}

void call_cancel(struct call* call) {
  if (call->slot != NULL) leave(call->slot, CODE_CANCELLED, "cancelled by the caller");
}

static bool may_start(const struct connection* c, struct bytes method, struct bytes payload,
                      struct bytes metadata, struct fault* fault) {
  if (c->phase != PHASE_OPEN) return fault_set(fault, CODE_UNAVAILABLE, "%s", outcome_reason(c));
  if (c->goaway_read != NO_GOAWAY) {
    return fault_set(fault, CODE_UNAVAILABLE, "G-2: the peer takes no more calls");
  }
  if (c->out_calls >= c->peer.max_calls) {
    return fault_set(fault, CODE_UNAVAILABLE, "C-5: %u calls are in flight, the peer takes no more",
                     c->peer.max_calls);
  }
  if (payload.size > c->peer.max_message) {
    return fault_set(fault, CODE_RESOURCE_EXHAUSTED,
                     "C-11: message of %zu bytes is over the peer's limit of %llu", payload.size,
                     (unsigned long long)c->peer.max_message);
  }
  return names_sendable(method, metadata, fault);
}

struct call* call_expired(void) {
  struct call* call = allocate(sizeof *call);
  finish(call, NOT_SENT, CODE_DEADLINE_EXCEEDED, bytes_of("C-7: nothing is left of the time-out"));
  return call;
}

struct call* call_start(struct connection* c, struct bytes method, const struct schema_field* reply,
                        struct bytes payload, struct bytes metadata, uint64_t timeout_us) {
  struct call* call = allocate(sizeof *call);
  call->reply = reply;
  struct fault fault;
  if (!may_start(c, method, payload, metadata, &fault)) {
    finish(call, NOT_SENT, fault.code, bytes_of(fault.text));
    return call;
  }
  if (timeout_us >= kNoTimeout) timeout_us = 0;
  struct frame* frame = connection_send(c, &(struct envelope){.type = TYPE_REQUEST,
                                                              .id = c->next_id,
                                                              .name = method,
                                                              .timeout_us = timeout_us,
                                                              .metadata = metadata,
                                                              .payload = payload});
  if (frame->bytes.size - 4 > c->peer.max_frame) {
    fault_set(&fault, CODE_RESOURCE_EXHAUSTED, "F-2: frame of %zu bytes is over the peer's %u",
              frame->bytes.size - 4, c->peer.max_frame);
    finish(call, NOT_SENT, fault.code, bytes_of(fault.text));
    frame_withdraw(c, frame);
    return call;
  }
  struct outgoing* slot = allocate(sizeof *slot);
  *slot = (struct outgoing){.next = c->outgoing,
                            .connection = c,
                            .id = c->next_id,
                            .request = frame,
                            .call = call,
                            .deadline = timeout_us == 0 ? NEVER : now_us() + (int64_t)timeout_us};
  frame->purpose = FRAME_REQUEST;
  frame->slot = slot;
  call->slot = slot;
  c->outgoing = slot;
  c->out_calls++;
  c->next_id += 2;
  return call;
}

static void take_reply(const struct connection* c, struct call* call, const struct envelope* e) {
  list_copy(&call->metadata, 11, e->metadata, 11);
  if (!e->success) {
    struct status status;
    enum code code = status_decode(e->payload, &status);
    finish(call, status.not_run ? REJECTED : REPLIED, code, status.message);
    call->number = status.code;
    list_copy(&call->details, 3, status.details, 3);
    return;
  }
  const char* malformed = call->reply == NULL ? NULL : message_fault(e->payload, call->reply);
  if (e->payload.size > c->settings->hello.max_message) {
    finish(call, REPLIED, CODE_RESOURCE_EXHAUSTED, bytes_of("C-11: the reply is too large"));
  } else if (malformed != NULL) {
    finish(call, REPLIED, CODE_INTERNAL, bytes_of("C-9: the reply does not parse"));
  } else {
    finish(call, REPLIED, CODE_OK, bytes_of(""));
    buffer_set(&call->payload, e->payload);
  }
}

void calls_response(struct connection* c, const struct envelope* e) {
  struct fault fault;
  if (e->id == 0 || e->id % 2 != c->next_id % 2 || e->id >= c->next_id) {
    fault_set(&fault, CODE_INTERNAL, "C-2: RESPONSE to %llu, which this side never opened",
              (unsigned long long)e->id);
    connection_fail(c, &fault);
    return;
  }
  struct outgoing* slot = c->outgoing;
  while (slot != NULL && slot->id != e->id) slot = slot->next;
  if (slot == NULL) return;
  if (e->more) {
    leave(slot, CODE_INTERNAL, "H-3: the peer has cut a RESPONSE, which this level forbids");
    return;
  }
  if (slot->call != NULL) take_reply(c, slot->call, e);
  slot_free(slot);
}

void calls_goaway(struct connection* c) {
  struct outgoing* next;
  for (struct outgoing* slot = c->outgoing; slot != NULL; slot = next) {
    next = slot->next;
    if (!unsent(slot) && slot->id <= c->goaway_read) continue;
    if (slot->call != NULL) {
      finish(slot->call, unsent(slot) ? NOT_SENT : REJECTED, CODE_UNAVAILABLE,
             bytes_of(outcome_reason(c)));
    }
    slot_free(slot);
  }
}

// ---- Calls of the peer

static void encode_response(struct buffer* out, uint64_t id, const struct status* status,
                            struct bytes payload, struct bytes metadata) {
  struct buffer encoded = {NULL, 0, 0};
  if (status->code != CODE_OK) status_encode(&encoded, status);
  out->size = 0;
  envelope_encode(out, &(struct envelope){
                           .type = TYPE_RESPONSE,
                           .id = id,
                           .success = status->code == CODE_OK,
                           .metadata = metadata,
                           .payload = status->code == CODE_OK ? payload : buffer_view(&encoded)});
  buffer_free(&encoded);
}

// Queues the RESPONSE. One that is too large gives up what it can, step by step (C-11).
static struct frame* respond(struct connection* c, uint64_t id, const struct status* status,
                             struct bytes payload, struct bytes metadata) {
  const struct bytes none = {NULL, 0};
  struct status s = *status;
  struct fault fault;
  if (!names_sendable(bytes_of("RESPONSE"), metadata, &fault)) {
    s = (struct status){.code = CODE_INTERNAL, .message = bytes_of(fault.text)};
    metadata = none;
  }
  struct frame* frame = connection_send(c, &(struct envelope){.type = TYPE_RESPONSE});
  c->out_bytes -= frame->bytes.size;
  encode_response(&frame->bytes, id, &s, payload, metadata);
  size_t limit = c->peer.max_frame + (size_t)4;
  if (s.code == CODE_OK && (frame->bytes.size > limit || payload.size > c->peer.max_message)) {
    fault_set(&fault, CODE_RESOURCE_EXHAUSTED, "C-11: reply of %zu bytes is over the peer's limits",
              payload.size);
    s = (struct status){.code = fault.code, .message = bytes_of(fault.text)};
    encode_response(&frame->bytes, id, &s, none, metadata);
  }
  if (frame->bytes.size > limit) {
    s.details = none;
    encode_response(&frame->bytes, id, &s, none, metadata);
  }
  if (frame->bytes.size > limit) {
    size_t over = frame->bytes.size - limit;
    s.message.size -= over < s.message.size ? over : s.message.size;
    while (s.message.size > 0 && (s.message.data[s.message.size] & 0xc0) == 0x80) s.message.size--;
    encode_response(&frame->bytes, id, &s, none, metadata);
  }
  c->out_bytes += frame->bytes.size;
  frame->purpose = FRAME_RESPONSE;
  return frame;
}

static struct frame* reject(struct connection* c, uint64_t id, const struct fault* fault) {
  const struct bytes none = {NULL, 0};
  struct status status = {.code = fault->code, .message = bytes_of(fault->text), .not_run = true};
  return respond(c, id, &status, none, none);
}

static struct incoming* incoming_find(struct connection* c, uint64_t id) {
  struct incoming* incoming = c->incoming;
  while (incoming != NULL && incoming->id != id) incoming = incoming->next;
  return incoming;
}

static void incoming_stop(struct incoming* incoming, enum code code, const char* text) {
  if (incoming->stop.text[0] == '\0') fault_set(&incoming->stop, code, "%s", text);
}

void incoming_answer(struct incoming* incoming, const struct status* status, struct bytes payload,
                     struct bytes metadata) {
  struct connection* c = incoming->connection;
  struct incoming** at = &c->incoming;
  while (*at != incoming) at = &(*at)->next;
  *at = incoming->next;
  c->held -= incoming->request.size;
  handlers--;
  if (c->phase == PHASE_OPEN) respond(c, incoming->id, status, payload, metadata);
  if (incoming->call != NULL) call_free(incoming->call);
  buffer_free(&incoming->request);
  buffer_free(&incoming->metadata);
  free(incoming);
}

static bool beyond_level(struct fault* fault) {
  return fault_set(fault, CODE_UNIMPLEMENTED, "H-3: open and more are beyond level 1");
}

// Whether a call may run. What may not is answered, and its handler never runs.
static bool may_run(const struct connection* c, const struct envelope* e, struct fault* fault) {
  if (e->open || e->more) return beyond_level(fault);
  const struct schema_field* schema = service_request_schema(e->name);
  if (schema == NULL) {
    char text[QUOTED];
    return fault_set(fault, CODE_UNIMPLEMENTED, "C-6: no method %s here", quote(e->name, text));
  }
  if (e->payload.size > c->settings->hello.max_message || c->held + e->payload.size > kMostHeld) {
    return fault_set(fault, CODE_RESOURCE_EXHAUSTED, "C-11: message of %zu bytes is too much",
                     e->payload.size);
  }
  if (handlers >= kMostHandlers) {
    return fault_set(fault, CODE_UNAVAILABLE, "C-5: %zu handlers run, the most here", handlers);
  }
  const char* malformed = message_fault(e->payload, schema);
  if (malformed != NULL) {
    return fault_set(fault, CODE_INVALID_ARGUMENT, "C-10: the request does not parse: %s",
                     malformed);
  }
  return true;
}

void calls_request(struct connection* c, const struct envelope* e) {
  struct fault fault;
  unsigned long long id = e->id;
  if (id == 0 || id > INT64_MAX || id % 2 == c->next_id % 2) {
    fault_set(&fault, CODE_INTERNAL, "C-1: REQUEST with id %llu", id);
    connection_fail(c, &fault);
    return;
  }
  bool named = e->name.size > 0;
  if (named ? id <= c->mark : id > c->mark) {
    fault_set(&fault, CODE_INTERNAL, "C-2: %s REQUEST with id %llu, the highest was %llu",
              named ? "new" : "continued", id, (unsigned long long)c->mark);
    connection_fail(c, &fault);
    return;
  }
  if (!named) {
    struct incoming* incoming = incoming_find(c, e->id);
    if (incoming != NULL) incoming_stop(incoming, CODE_INTERNAL, "F-9: REQUEST was whole before");
    return;
  }
  c->mark = e->id;
  if (e->id > c->goaway_sent) return;  // G-2
  if (c->in_calls >= c->settings->hello.max_calls) {
    if (e->open || e->more) {
      beyond_level(&fault);
    } else {
      fault_set(&fault, CODE_UNAVAILABLE, "C-4: %zu calls are in flight, the most taken here",
                c->in_calls);
    }
    reject(c, e->id, &fault)->purpose = FRAME_REJECTION;
    if (++c->rejections > c->settings->hello.max_calls) {
      fault_set(&fault, CODE_RESOURCE_EXHAUSTED, "C-4: %zu rejections are not written yet",
                c->rejections);
      connection_fail(c, &fault);
    }
    return;
  }
  c->in_calls++;
  if (!may_run(c, e, &fault)) {
    reject(c, e->id, &fault);
    return;
  }
  struct incoming* incoming = allocate(sizeof *incoming);
  bool timed = e->timeout_us > 0 && e->timeout_us < kNoTimeout;
  *incoming = (struct incoming){.next = c->incoming,
                                .connection = c,
                                .id = e->id,
                                .deadline = timed ? now_us() + (int64_t)e->timeout_us : NEVER};
  buffer_set(&incoming->request, e->payload);
  list_copy(&incoming->metadata, 11, e->metadata, 11);
  c->incoming = incoming;
  c->held += incoming->request.size;
  c->ran = e->id;
  handlers++;
  service_run(incoming);
}

void calls_cancel(struct connection* c, const struct envelope* e) {
  if (e->id == 0 || e->id % 2 == c->next_id % 2 || e->id > c->mark) {
    struct fault fault;
    fault_set(&fault, CODE_INTERNAL, "C-2: CANCEL of %llu, which the peer never opened",
              (unsigned long long)e->id);
    connection_fail(c, &fault);
    return;
  }
  struct incoming* incoming = incoming_find(c, e->id);
  if (incoming != NULL) incoming_stop(incoming, CODE_CANCELLED, "X-1: the caller has cancelled");
}

// ---- Both

void calls_written(struct connection* c, struct frame* frame) {
  if (frame->purpose == FRAME_REQUEST && frame->slot != NULL) frame->slot->request = NULL;
  if (frame->purpose == FRAME_RESPONSE) c->in_calls--;
  if (frame->purpose == FRAME_REJECTION) c->rejections--;
}

int64_t calls_wake(const struct connection* c) {
  int64_t wake = NEVER;
  for (struct outgoing* slot = c->outgoing; slot != NULL; slot = slot->next) {
    if (slot->deadline < wake) wake = slot->deadline;
  }
  for (struct incoming* incoming = c->incoming; incoming != NULL; incoming = incoming->next) {
    if (incoming->deadline < wake && incoming->stop.text[0] == '\0') wake = incoming->deadline;
  }
  return wake;
}

void calls_tick(struct connection* c, int64_t now) {
  struct outgoing* next_slot;
  for (struct outgoing* slot = c->outgoing; slot != NULL; slot = next_slot) {
    next_slot = slot->next;
    if (now >= slot->deadline) leave(slot, CODE_DEADLINE_EXCEEDED, "C-7: no answer in time");
  }
  struct incoming* next;
  for (struct incoming* incoming = c->incoming; incoming != NULL; incoming = next) {
    next = incoming->next;
    if (now >= incoming->deadline) {
      incoming_stop(incoming, CODE_DEADLINE_EXCEEDED, "C-7: the caller's time is over");
    }
    service_run(incoming);
  }
}

void calls_end(struct connection* c) {
  while (c->outgoing != NULL) {
    struct outgoing* slot = c->outgoing;
    if (slot->call != NULL) {
      finish(slot->call, unsent(slot) ? NOT_SENT : UNKNOWN_OUTCOME, CODE_UNAVAILABLE,
             bytes_of(outcome_reason(c)));
    }
    slot_free(slot);
  }
  // A handler that is told to stop waits for nothing, so that this frees its call.
  while (c->incoming != NULL) {
    incoming_stop(c->incoming, CODE_CANCELLED, outcome_reason(c));
    c->incoming->abandoned = true;
    service_run(c->incoming);
  }
}
