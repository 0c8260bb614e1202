#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "service.h"

// Calls of the peer.

static const size_t kMostHeld = 256 << 20;             // C-11
static const size_t kMostHandlers = 8192;              // C-5
static const uint64_t kNoTimeout = (uint64_t)1 << 53;  // C-7

static size_t handlers;  // that run, for all connections together

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

void incoming_request(struct connection* c, const struct envelope* e) {
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

void incoming_cancel(struct connection* c, const struct envelope* e) {
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

int64_t incoming_wake(const struct connection* c) {
  int64_t wake = NEVER;
  for (struct incoming* incoming = c->incoming; incoming != NULL; incoming = incoming->next) {
    if (incoming->deadline < wake && incoming->stop.text[0] == '\0') wake = incoming->deadline;
  }
  return wake;
}

void incoming_tick(struct connection* c, int64_t now) {
  struct incoming* next;
  for (struct incoming* incoming = c->incoming; incoming != NULL; incoming = next) {
    next = incoming->next;
    if (now >= incoming->deadline) {
      incoming_stop(incoming, CODE_DEADLINE_EXCEEDED, "C-7: the caller's time is over");
    }
    service_run(incoming);
  }
}

void incoming_end(struct connection* c) {
  // A handler that is told to stop waits for nothing, so that this frees its call.
  while (c->incoming != NULL) {
    incoming_stop(c->incoming, CODE_CANCELLED, end_reason(c));
    c->incoming->abandoned = true;
    service_run(c->incoming);
  }
}
