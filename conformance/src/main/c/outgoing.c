#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "service.h"

// Calls of ours.

static const uint64_t kNoTimeout = (uint64_t)1 << 53;  // C-7

const char* outcome_name(enum outcome outcome) {
  static const char* const kNames[] = {"REPLIED", "NOT_SENT", "REJECTED", "UNKNOWN"};
  return kNames[outcome];
}

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
  if (c->phase != PHASE_OPEN) return fault_set(fault, CODE_UNAVAILABLE, "%s", end_reason(c));
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

void outgoing_response(struct connection* c, const struct envelope* e) {
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

void outgoing_goaway(struct connection* c) {
  struct outgoing* next;
  for (struct outgoing* slot = c->outgoing; slot != NULL; slot = next) {
    next = slot->next;
    if (!unsent(slot) && slot->id <= c->goaway_read) continue;
    if (slot->call != NULL) {
      finish(slot->call, unsent(slot) ? NOT_SENT : REJECTED, CODE_UNAVAILABLE,
             bytes_of(end_reason(c)));
    }
    slot_free(slot);
  }
}

int64_t outgoing_wake(const struct connection* c) {
  int64_t wake = NEVER;
  for (struct outgoing* slot = c->outgoing; slot != NULL; slot = slot->next) {
    if (slot->deadline < wake) wake = slot->deadline;
  }
  return wake;
}

void outgoing_tick(struct connection* c, int64_t now) {
  struct outgoing* next;
  for (struct outgoing* slot = c->outgoing; slot != NULL; slot = next) {
    next = slot->next;
    if (now >= slot->deadline) leave(slot, CODE_DEADLINE_EXCEEDED, "C-7: no answer in time");
  }
}

void outgoing_end(struct connection* c) {
  while (c->outgoing != NULL) {
    struct outgoing* slot = c->outgoing;
    if (slot->call != NULL) {
      finish(slot->call, unsent(slot) ? NOT_SENT : UNKNOWN_OUTCOME, CODE_UNAVAILABLE,
             bytes_of(end_reason(c)));
    }
    slot_free(slot);
  }
}
