#include "service.h"

#include <string.h>

#define METHOD(name) "parley.conformance.v1.Conformance/" name

static const struct schema_field kEmpty[] = {{0, NULL}};
static const struct schema_field kEventToSend[] = {{1, NULL}, {3, kPairSchema}, {0, NULL}};
static const struct schema_field kCallBack[] = {{1, NULL}, {4, kPairSchema}, {0, NULL}};
static const struct schema_field kAnswer[] = {
    {2, NULL}, {3, kPairSchema}, {4, kPairSchema}, {8, NULL}, {0, NULL}};
static const struct schema_field kUnaryRequest[] = {
    {1, kEventToSend}, {2, NULL},    {3, NULL},           {4, NULL}, {6, kCallBack},
    {7, NULL},         {8, kAnswer}, {14, kUnaryRequest}, {0, NULL}};
static const struct schema_field kNote[] = {{1, NULL}, {3, NULL}, {0, NULL}};
static const struct schema_field kSaw[] = {{1, kPairSchema}, {4, NULL}, {0, NULL}};
static const struct schema_field kCallBackResult[] = {
    {1, NULL}, {3, NULL}, {5, kPairSchema}, {0, NULL}};
static const struct schema_field kUnaryReply[] = {{2, kSaw}, {4, kCallBackResult}, {0, NULL}};

static struct buffer open_gates;  // fields number 1
static struct buffer notes;       // pairs of log and text

// What `Unary` is called without a schema (U-1).
static bool is_plain(struct bytes method) { return bytes_equal(method, bytes_of("plain")); }

const struct schema_field* service_request_schema(struct bytes method) {
  if (is_plain(method)) return kUnaryRequest;
  if (bytes_equal(method, bytes_of(METHOD("Unary")))) return kUnaryRequest;
  if (bytes_equal(method, bytes_of(METHOD("Nothing")))) return kEmpty;
  return NULL;
}

const struct schema_field* service_reply_schema(struct bytes method) {
  if (is_plain(method)) return kUnaryReply;
  if (bytes_equal(method, bytes_of(METHOD("Unary")))) return kUnaryReply;
  if (bytes_equal(method, bytes_of(METHOD("Unimplemented")))) return kUnaryReply;
  if (bytes_equal(method, bytes_of(METHOD("Nothing")))) return kEmpty;
  return NULL;
}

// The last value of a field, as protobuf reads it; zero or empty when absent.
static struct field get(struct bytes message, uint32_t number, unsigned wire_type) {
  struct field field;
  struct field found = {0};
  while (field_next(&message, &field)) {
    if (field.number == number && field.wire_type == wire_type) found = field;
  }
  return found;
}

static struct bytes get_bytes(struct bytes message, uint32_t number) {
  return get(message, number, WIRE_BYTES).bytes;
}

static uint64_t get_number(struct bytes message, uint32_t number) {
  return get(message, number, WIRE_VARINT).value;
}

// Whether the gate is among those that were opened since gates_opened() was `seen`.
static bool gate_opened_since(struct bytes name, size_t seen) {
  struct bytes rest = {open_gates.data + seen, open_gates.size - seen};
  struct field field;
  if (rest.size == 0) return false;
  while (field_next(&rest, &field)) {
    if (bytes_equal(field.bytes, name)) return true;
  }
  return false;
}

bool gate_is_open(struct bytes name) { return gate_opened_since(name, 0); }

void gate_open(struct bytes name) {
  if (!gate_is_open(name)) put_entry(&open_gates, 1, name);
}

size_t gates_opened(void) { return open_gates.size; }

static void open_all(struct bytes message, uint32_t number) {
  struct field field;
  while (field_next(&message, &field)) {
    if (field.number == number && field.wire_type == WIRE_BYTES) gate_open(field.bytes);
  }
}

void log_take(struct bytes log, struct buffer* out, uint32_t number) {
  struct buffer kept = {NULL, 0, 0};
  struct bytes rest = buffer_view(&notes);
  struct field field;
  while (field_next(&rest, &field)) {
    struct bytes name, text;
    pair_decode(field.bytes, &name, &text);
    if (bytes_equal(name, log)) {
      put_entry(out, number, text);
    } else {
      put_entry(&kept, 1, field.bytes);
    }
  }
  buffer_free(&notes);
  notes = kept;
}

void service_free(void) {
  buffer_free(&open_gates);
  buffer_free(&notes);
}

// E-1. An event without a handler, or one that does not parse, is dropped.
void service_event(struct connection* connection, const struct envelope* e) {
  (void)connection;
  bool known =
      bytes_equal(e->name, bytes_of("note")) || bytes_equal(e->name, bytes_of(METHOD("Tell")));
  if (!known || message_fault(e->payload, kNote) != NULL) return;
  list_add(&notes, 1, get_bytes(e->payload, 1), get_bytes(e->payload, 2));
  struct bytes gate = get_bytes(e->payload, 3);
  if (gate.size > 0) gate_open(gate);
}

static void send_events(struct connection* c, struct bytes request) {
  struct field field;
  while (field_next(&request, &field)) {
    if (field.number != 1 || field.wire_type != WIRE_BYTES) continue;
    struct buffer metadata = {NULL, 0, 0};
    struct fault fault;
    list_copy(&metadata, 11, field.bytes, 3);
    connection_event(c, get_bytes(field.bytes, 1), get_bytes(field.bytes, 2),
                     buffer_view(&metadata), &fault);
    buffer_free(&metadata);
  }
}

static struct call* call_back(struct connection* c, struct bytes wanted) {
  struct buffer metadata = {NULL, 0, 0};
  list_copy(&metadata, 11, wanted, 4);
  struct bytes method = get_bytes(wanted, 1);
  struct call* call = call_start(c, method, service_reply_schema(method), get_bytes(wanted, 2),
                                 buffer_view(&metadata), get_number(wanted, 3));
  buffer_free(&metadata);
  return call;
}

static void put_call_back(struct buffer* reply, const struct call* call) {
  struct buffer result = {NULL, 0, 0};
  put_bytes(&result, 1, bytes_of(outcome_name(call->outcome)));
  put_number(&result, 2, call->code);
  put_bytes(&result, 3, buffer_view(&call->message));
  put_bytes(&result, 4, buffer_view(&call->payload));
  list_copy(&result, 5, buffer_view(&call->metadata), 11);
  put_entry(reply, 4, buffer_view(&result));
  buffer_free(&result);
}

static void put_saw(struct buffer* reply, const struct incoming* incoming) {
  struct buffer saw = {NULL, 0, 0};
  bool timed = incoming->deadline != NEVER;
  int64_t left = timed ? incoming->deadline - now_us() : 0;
  list_copy(&saw, 1, buffer_view(&incoming->metadata), 11);
  put_number(&saw, 2, timed);
  put_number(&saw, 3, left > 0 ? (uint64_t)left : 0);
  put_bytes(&saw, 4, buffer_view(&incoming->connection->peer_name));
  put_number(&saw, 5, incoming->connection->peer_uid);
  put_number(&saw, 6, get_bytes(buffer_view(&incoming->request), 15).size);
  put_number(&saw, 7, incoming->stop.text[0] != '\0');
  put_entry(reply, 2, buffer_view(&saw));
  buffer_free(&saw);
}

static void put_payload(struct buffer* reply, struct bytes answer) {
  struct buffer payload = {NULL, 0, 0};
  uint32_t size = (uint32_t)get_number(answer, 6);
  if (size == 0) {
    put_bytes(reply, 1, get_bytes(answer, 5));
    return;
  }
  uint8_t* at = buffer_reserve(&payload, size);
  for (uint32_t i = 0; i < size; i++) at[i] = (uint8_t)(i % 251);
  payload.size = size;
  put_bytes(reply, 1, buffer_view(&payload));
  buffer_free(&payload);
}

static void answer(struct incoming* incoming) {
  struct bytes request = buffer_view(&incoming->request);
  struct bytes wanted = get_bytes(request, 8);
  const struct call* call = incoming->call;
  bool rethrow = call != NULL && call->code != CODE_OK && get_number(get_bytes(request, 6), 5) != 0;
  struct status status = {0};
  struct buffer reply = {NULL, 0, 0};
  struct buffer metadata = {NULL, 0, 0};
  struct buffer details = {NULL, 0, 0};
  list_copy(&metadata, 11, wanted, 4);
  if (incoming->stop.text[0] != '\0') {
    status.code = incoming->stop.code;
    status.message = bytes_of(incoming->stop.text);
  } else if (rethrow) {  // C-10: without not_run, whatever the call back ended as
    status.code = call->code;
    status.message = buffer_view(&call->message);
    status.details = buffer_view(&call->details);
  } else if (get_number(wanted, 9) != 0) {
    status.code = CODE_INTERNAL;
    status.message = bytes_of("the handler failed");
  } else if (get_number(wanted, 1) != 0) {
    status.code = (int32_t)get_number(wanted, 1);
    status.message = get_bytes(wanted, 2);
    list_copy(&details, 3, wanted, 3);
    status.details = buffer_view(&details);
  } else {
    put_payload(&reply, wanted);
    if (get_number(wanted, 7) != 0) put_saw(&reply, incoming);
    if (get_bytes(wanted, 8).size > 0) log_take(get_bytes(wanted, 8), &reply, 3);
    if (call != NULL) put_call_back(&reply, call);
  }
  incoming_answer(incoming, &status, buffer_view(&reply), buffer_view(&metadata));
  buffer_free(&reply);
  buffer_free(&metadata);
  buffer_free(&details);
}

void service_run(struct incoming* incoming) {
  struct bytes request = buffer_view(&incoming->request);
  bool stopped = incoming->stop.text[0] != '\0';
  switch (incoming->step) {
    case 0:
      send_events(incoming->connection, request);
      open_all(request, 2);
      incoming->step = 1;
      // fall through
    case 1: {
      struct bytes gate = get_bytes(request, 3);
      size_t seen = incoming->gates_seen;
      incoming->gates_seen = gates_opened();
      if (gate.size > 0 && !stopped && !gate_opened_since(gate, seen)) return;
      incoming->step = 2;
    }
      // fall through
    case 2: {
      struct bytes held = get_bytes(request, 4);
      if (held.size > 0 && !gate_is_open(held) && !incoming->abandoned) return;
      if (get_number(request, 5) != 0 && !stopped) return;
      if (get(request, 6, WIRE_BYTES).number == 6) {
        incoming->call = call_back(incoming->connection, get_bytes(request, 6));
      }
      incoming->step = 3;
    }
      // fall through
    default:
      if (incoming->call != NULL && !incoming->call->done) return;
      open_all(request, 7);
      answer(incoming);
  }
}
