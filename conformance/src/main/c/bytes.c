#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct schema_field kPairSchema[] = {{1, NULL}, {0, NULL}};

struct bytes bytes_of(const char* text) {
  return (struct bytes){(const uint8_t*)text, strlen(text)};
}

bool bytes_equal(struct bytes a, struct bytes b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool utf8_valid(struct bytes text) {
  const uint8_t* at = text.data;
  size_t left = text.size;
  while (left > 0) {
    uint8_t lead = at[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 0 || lead > 0xf4 || length > left) return false;
    for (size_t i = 1; i < length; i++) {
      if ((at[i] & 0xc0) != 0x80) return false;
    }
    // Overlong forms, surrogates, and what lies above U+10FFFF.
    if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f) ||
        (lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] > 0x8f)) {
      return false;
    }
    at += length;
    left -= length;
  }
  return true;
}

struct bytes buffer_view(const struct buffer* buffer) {
  return (struct bytes){buffer->data, buffer->size};
}

void* allocate(size_t size) {
  void* memory = calloc(1, size);
  if (memory == NULL) {
    fputs("out of memory\n", stderr);
    abort();
  }
  return memory;
}

uint8_t* buffer_reserve(struct buffer* buffer, size_t size) {
  if (buffer->capacity - buffer->size < size) {
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
    while (capacity - buffer->size < size) capacity *= 2;
    uint8_t* data = allocate(capacity);
    if (buffer->size > 0) memcpy(data, buffer->data, buffer->size);
    free(buffer->data);
    buffer->data = data;
    buffer->capacity = capacity;
  }
  return buffer->data + buffer->size;
}

void buffer_append(struct buffer* buffer, const void* data, size_t size) {
  if (size == 0) return;
  memcpy(buffer_reserve(buffer, size), data, size);
  buffer->size += size;
}

void buffer_set(struct buffer* buffer, struct bytes bytes) {
  buffer->size = 0;
  buffer_append(buffer, bytes.data, bytes.size);
}

void buffer_free(struct buffer* buffer) {
  free(buffer->data);
  *buffer = (struct buffer){NULL, 0, 0};
}

// Reads a varint of at most `longest` bytes. Bits above 64 are dropped, as protobuf does.
static bool varint_next(struct bytes* rest, size_t longest, uint64_t* value) {
  *value = 0;
  for (size_t i = 0; i < longest && i < rest->size; i++) {
    *value |= (uint64_t)(rest->data[i] & 0x7f) << (7 * i);
    if (rest->data[i] < 0x80) {
      rest->data += i + 1;
      rest->size -= i + 1;
      return true;
    }
  }
  return false;
}

// Reads a field. Returns what is wrong with it, or NULL.
static const char* field_read(struct bytes* rest, struct field* field) {
  uint64_t tag;
  if (!varint_next(rest, 5, &tag)) return "a tag is cut off or has over 5 bytes";
  field->number = (uint32_t)tag >> 3;
  field->wire_type = tag & 7;
  field->value = 0;
  field->bytes = (struct bytes){NULL, 0};
  if (field->number == 0) return "a tag has field number 0";
  uint64_t size;
  switch (field->wire_type) {
    case WIRE_VARINT:
      return varint_next(rest, 10, &field->value) ? NULL : "a varint is cut off or over 10 bytes";
    case WIRE_FIXED64:
      size = 8;
      break;
    case WIRE_FIXED32:
      size = 4;
      break;
    case WIRE_BYTES:
      if (!varint_next(rest, 5, &size)) return "a length is cut off or has over 5 bytes";
      break;
    default:
      return "a field has wire type 3, 4, 6 or 7";
  }
  if (size > rest->size) return "a field ends past the end";
  field->bytes = (struct bytes){rest->data, (size_t)size};
  rest->data += size;
  rest->size -= (size_t)size;
  return NULL;
}

bool field_next(struct bytes* rest, struct field* field) {
  return rest->size > 0 && field_read(rest, field) == NULL;
}

// As deep as protobuf's own libraries go; deeper ones would cost this one its stack.
enum { DEEPEST = 100 };

static const char* fault_at_depth(struct bytes message, const struct schema_field* schema,
                                  int depth) {
  if (depth > DEEPEST) return "messages are nested more than 100 deep";
  while (message.size > 0) {
    struct field field;
    const char* fault = field_read(&message, &field);
    if (fault != NULL) return fault;
    if (field.wire_type != WIRE_BYTES) continue;
    for (const struct schema_field* known = schema; known->number != 0; known++) {
      if (known->number != field.number) continue;
      if (known->message != NULL) {
        fault = fault_at_depth(field.bytes, known->message, depth + 1);
      } else if (!utf8_valid(field.bytes)) {
        fault = "a string is not UTF-8";
      }
      if (fault != NULL) return fault;
    }
  }
  return NULL;
}

const char* message_fault(struct bytes message, const struct schema_field* schema) {
  return fault_at_depth(message, schema, 0);
}

static void put_varint(struct buffer* out, uint64_t value) {
  uint8_t bytes[10];
  size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = (uint8_t)(value | 0x80);
  bytes[size++] = (uint8_t)value;
  buffer_append(out, bytes, size);
}

void put_number(struct buffer* out, uint32_t number, uint64_t value) {
  if (value == 0) return;
  put_varint(out, (uint64_t)number << 3 | WIRE_VARINT);
  put_varint(out, value);
}

void put_entry(struct buffer* out, uint32_t number, struct bytes bytes) {
  put_varint(out, (uint64_t)number << 3 | WIRE_BYTES);
  put_varint(out, bytes.size);
  buffer_append(out, bytes.data, bytes.size);
}

void put_bytes(struct buffer* out, uint32_t number, struct bytes bytes) {
  if (bytes.size > 0) put_entry(out, number, bytes);
}

void list_copy(struct buffer* out, uint32_t out_number, struct bytes in, uint32_t in_number) {
  struct field field;
  while (field_next(&in, &field)) {
    if (field.number == in_number && field.wire_type == WIRE_BYTES) {
      put_entry(out, out_number, field.bytes);
    }
  }
}

void list_add(struct buffer* out, uint32_t number, struct bytes key, struct bytes value) {
  struct buffer pair = {NULL, 0, 0};
  put_bytes(&pair, 1, key);
  put_bytes(&pair, 2, value);
  put_entry(out, number, buffer_view(&pair));
  buffer_free(&pair);
}

void pair_decode(struct bytes pair, struct bytes* key, struct bytes* value) {
  struct field field;
  *key = *value = (struct bytes){NULL, 0};
  while (field_next(&pair, &field)) {
    if (field.wire_type != WIRE_BYTES) continue;
    if (field.number == 1) *key = field.bytes;
    if (field.number == 2) *value = field.bytes;
  }
}
