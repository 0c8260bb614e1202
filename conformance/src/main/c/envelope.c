#include "envelope.h"

#include <stdarg.h>
#include <stdio.h>

static const struct schema_field kEnvelopeSchema[] = {
    {2, NULL}, {5, NULL}, {11, kPairSchema}, {0, NULL}};
static const struct schema_field kHelloSchema[] = {{0, NULL}};
static const struct schema_field kStatusSchema[] = {{2, NULL}, {3, kPairSchema}, {0, NULL}};

bool fault_set(struct fault* fault, enum code code, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(fault->text, sizeof fault->text, format, arguments);
  va_end(arguments);
  fault->code = code;
  return false;
}

const char* code_name(int32_t code) {
  static const char* const kNames[] = {
      "OK",
      "CANCELLED",
      "UNKNOWN",
      "INVALID_ARGUMENT",
      "DEADLINE_EXCEEDED",
      "NOT_FOUND",
      "ALREADY_EXISTS",
      "PERMISSION_DENIED",
      "RESOURCE_EXHAUSTED",
      "FAILED_PRECONDITION",
      "ABORTED",
      "OUT_OF_RANGE",
      "UNIMPLEMENTED",
      "INTERNAL",
      "UNAVAILABLE",
      "DATA_LOSS",
      "UNAUTHENTICATED",
  };
  return code >= 0 && code <= CODE_UNAUTHENTICATED ? kNames[code] : "UNKNOWN";
}

static bool too_long(const char* what, size_t size, size_t most, struct fault* fault) {
  return fault_set(fault, CODE_INTERNAL, "F-7: %s of %zu bytes is over the limit of %zu", what,
                   size, most);
}

static bool names_fit(struct bytes name, struct bytes metadata, size_t shortest_key,
                      struct fault* fault) {
  if (name.size > LONGEST_NAME) return too_long("name", name.size, LONGEST_NAME, fault);
  size_t count = 0;
  size_t total = 0;
  struct field field;
  while (field_next(&metadata, &field)) {
    if (field.number != 11 || field.wire_type != WIRE_BYTES) continue;
    struct bytes key, value;
    pair_decode(field.bytes, &key, &value);
    if (key.size > LONGEST_KEY) return too_long("metadata key", key.size, LONGEST_KEY, fault);
    if (key.size < shortest_key) return fault_set(fault, CODE_INTERNAL, "F-7: a key is empty");
    total += key.size + value.size;
    if (++count > MOST_METADATA) {
      return fault_set(fault, CODE_INTERNAL, "F-7: metadata has over %d entries", MOST_METADATA);
    }
  }
  if (total > MOST_METADATA_BYTES) return too_long("metadata", total, MOST_METADATA_BYTES, fault);
  return true;
}

bool names_sendable(struct bytes name, struct bytes metadata, struct fault* fault) {
  bool good = name.size > 0 ? names_fit(name, metadata, 1, fault)
                            : fault_set(fault, CODE_INTERNAL, "F-7: the name is empty");
  fault->code = CODE_INVALID_ARGUMENT;
  return good;
}

const char* quote(struct bytes text, char out[QUOTED]) {
  size_t size = text.size < QUOTED - 1 ? text.size : QUOTED - 1;
  while (size < text.size && size > 0 && (text.data[size] & 0xc0) == 0x80) size--;
  for (size_t i = 0; i < size; i++) {
    out[i] = text.data[i] < 0x20 || text.data[i] == 0x7f ? '?' : (char)text.data[i];
  }
  out[size] = '\0';
  return out;
}

// F-2: what a length that is over the limit may be.
static const char* guess(uint32_t length) {
  switch (length) {
    case 0x47455420:  // "GET "
    case 0x504f5354:  // "POST"
    case 0x48454144:  // "HEAD"
    case 0x50555420:  // "PUT "
    case 0x4f505449:  // "OPTI"
    case 0x50415443:  // "PATC"
    case 0x434f4e4e:  // "CONN"
    case 0x44454c45:  // "DELE"
    case 0x50524920:  // "PRI "
      return "; this looks like HTTP";
  }
  return length >> 16 == 0x1603 ? "; this looks like TLS" : "";
}

bool frame_length(const uint8_t head[4], uint32_t limit, uint32_t* length, struct fault* fault) {
  *length = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 | head[3];
  if (*length == 0) return fault_set(fault, CODE_INTERNAL, "F-2: frame of 0 bytes");
  if (*length <= limit) return true;
  return fault_set(fault, CODE_RESOURCE_EXHAUSTED,
                   "F-2: frame of %u bytes is over the limit of %u%s", *length, limit,
                   guess(*length));
}

bool envelope_decode(struct bytes frame, struct envelope* envelope, struct fault* fault) {
  *envelope = (struct envelope){.metadata = frame};
  const char* malformed = message_fault(frame, kEnvelopeSchema);
  if (malformed != NULL) {
    return fault_set(fault, CODE_INTERNAL, "F-5: malformed envelope: %s", malformed);
  }
  struct field field;
  while (field_next(&frame, &field)) {
    if (field.wire_type == WIRE_VARINT) {
      switch (field.number) {
        case 1:
          envelope->id = field.value;
          break;
        case 3:
          envelope->type = (int32_t)(uint32_t)field.value;
          break;
        case 4:
          envelope->success = field.value != 0;
          break;
        case 6:
          envelope->timeout_us = field.value;
          break;
        case 7:
          envelope->open = field.value != 0;
          break;
        case 8:
          envelope->more = field.value != 0;
          break;
      }
    } else if (field.wire_type == WIRE_BYTES) {
      if (field.number == 2) envelope->sent_by = field.bytes;
      if (field.number == 5) envelope->name = field.bytes;
      if (field.number == 15) envelope->payload = field.bytes;
    }
  }
  if (envelope->sent_by.size > LONGEST_SENT_BY) {
    return too_long("sent_by", envelope->sent_by.size, LONGEST_SENT_BY, fault);
  }
  if (!names_fit(envelope->name, envelope->metadata, 0, fault)) return false;
  if (envelope->type == TYPE_UNSPECIFIED) {
    return fault_set(fault, CODE_INTERNAL, "F-8: envelope has type 0");
  }
  if (envelope->more && envelope->type >= TYPE_HELLO && envelope->type <= TYPE_GOAWAY) {
    bool allowed = envelope->type == TYPE_REQUEST || envelope->type == TYPE_MESSAGE ||
                   envelope->type == TYPE_RESPONSE;
    if (!allowed || envelope->payload.size == 0) {
      return fault_set(fault, CODE_INTERNAL, "F-9: more %s on a frame of type %d",
                       allowed ? "without a payload" : "is not allowed", (int)envelope->type);
    }
  }
  return true;
}

void envelope_encode(struct buffer* out, const struct envelope* envelope) {
  size_t start = out->size;
  buffer_append(out, "\0\0\0\0", 4);
  put_number(out, 1, envelope->id);
  put_bytes(out, 2, envelope->sent_by);
  put_number(out, 3, (uint64_t)envelope->type);
  put_number(out, 4, envelope->success);
  put_bytes(out, 5, envelope->name);
  put_number(out, 6, envelope->timeout_us);
  put_number(out, 7, envelope->open);
  put_number(out, 8, envelope->more);
  list_copy(out, 11, envelope->metadata, 11);
  put_bytes(out, 15, envelope->payload);
  size_t size = out->size - start - 4;
  for (int i = 0; i < 4; i++) out->data[start + i] = (uint8_t)(size >> (24 - 8 * i));
}

bool hello_decode(struct bytes payload, struct hello* hello, struct fault* fault) {
  *hello = (struct hello){0};
  const char* malformed = message_fault(payload, kHelloSchema);
  if (malformed != NULL) {
    return fault_set(fault, CODE_INTERNAL, "H-2: HELLO cannot be read: %s", malformed);
  }
  struct field field;
  while (field_next(&payload, &field)) {
    if (field.wire_type == WIRE_VARINT) {
      if (field.number == 1) hello->version = (uint32_t)field.value;
      if (field.number == 2) hello->min_version = (uint32_t)field.value;
      if (field.number == 3) hello->level = (uint32_t)field.value;
      if (field.number == 5) hello->max_frame = (uint32_t)field.value;
      if (field.number == 6) hello->max_message = field.value;
      if (field.number == 8) hello->max_calls = (uint32_t)field.value;
    } else if (field.wire_type == WIRE_BYTES && field.number == 9) {
      hello->payload = field.bytes;
    }
  }
  if (hello->version == 0) hello->version = 1;
  if (hello->min_version == 0) hello->min_version = 1;
  if (hello->max_frame == 0) hello->max_frame = 4 << 20;
  if (hello->max_message == 0) hello->max_message = 64 << 20;
  if (hello->max_calls == 0) hello->max_calls = 1024;
  if (hello->min_version > hello->version) {
    return fault_set(fault, CODE_FAILED_PRECONDITION, "H-2: min_version %u is above version %u",
                     hello->min_version, hello->version);
  }
  if (hello->min_version > 1) {
    return fault_set(fault, CODE_FAILED_PRECONDITION,
                     "H-2: peer speaks versions %u to %u, this side 1 only", hello->min_version,
                     hello->version);
  }
  if (hello->max_frame < HELLO_FRAME) {
    return fault_set(fault, CODE_INTERNAL, "H-2: max_frame of %u is under the least of %d",
                     hello->max_frame, HELLO_FRAME);
  }
  if (hello->payload.size > LONGEST_HELLO_PAYLOAD) {
    return fault_set(fault, CODE_INTERNAL, "H-2: payload of %zu bytes is over the limit of %d",
                     hello->payload.size, LONGEST_HELLO_PAYLOAD);
  }
  return true;
}

void hello_encode(struct buffer* out, const struct hello* hello) {
  put_number(out, 1, hello->version);
  put_number(out, 2, hello->min_version);
  put_number(out, 3, hello->level);
  put_number(out, 5, hello->max_frame);
  put_number(out, 6, hello->max_message);
  put_number(out, 8, hello->max_calls);
  put_bytes(out, 9, hello->payload);
}

enum code status_decode(struct bytes payload, struct status* status) {
  *status = (struct status){.details = payload};
  if (message_fault(payload, kStatusSchema) != NULL) {
    status->details = (struct bytes){NULL, 0};
    status->message = bytes_of("C-10: the peer's Status cannot be read");
    return CODE_UNKNOWN;
  }
  struct field field;
  while (field_next(&payload, &field)) {
    if (field.wire_type == WIRE_VARINT) {
      if (field.number == 1) status->code = (int32_t)(uint32_t)field.value;
      if (field.number == 4) status->not_run = field.value != 0;
    } else if (field.wire_type == WIRE_BYTES && field.number == 2) {
      status->message = field.bytes;
    }
  }
  bool known = status->code >= CODE_CANCELLED && status->code <= CODE_UNAUTHENTICATED;
  return known ? (enum code)status->code : CODE_UNKNOWN;
}

void status_encode(struct buffer* out, const struct status* status) {
  put_number(out, 1, (uint64_t)(int64_t)status->code);
  put_bytes(out, 2, status->message);
  list_copy(out, 3, status->details, 3);
  put_number(out, 4, status->not_run);
}

enum code goaway_decode(struct bytes payload, struct buffer* merged, struct status* status) {
  static const struct schema_field kGoAwaySchema[] = {{1, kStatusSchema}, {0, NULL}};
  *status = (struct status){.message = bytes_of("C-10: the peer's GOAWAY cannot be read")};
  if (message_fault(payload, kGoAwaySchema) != NULL) return CODE_UNKNOWN;
  struct field field;
  while (field_next(&payload, &field)) {
    if (field.number == 1 && field.wire_type == WIRE_BYTES) {
      buffer_append(merged, field.bytes.data, field.bytes.size);
    }
  }
  return status_decode(buffer_view(merged), status);
}
