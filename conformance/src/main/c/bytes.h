// Bytes that are borrowed, bytes that are owned, and protobuf's encoding of fields.
#ifndef PARLEY_PEER_BYTES_H_
#define PARLEY_PEER_BYTES_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A view of bytes that somebody else owns.
struct bytes {
  const uint8_t* data;
  size_t size;
};

// Owned bytes that grow as they are appended. All zero is an empty one.
struct buffer {
  uint8_t* data;
  size_t size;
  size_t capacity;
};

// A protobuf field as it was read: `value` where the wire type is a number, else `bytes`.
struct field {
  uint32_t number;
  unsigned wire_type;
  uint64_t value;
  struct bytes bytes;
};

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

// What a message's strings and messages are, so that one function can check any message.
struct schema_field {
  uint32_t number;                     // 0 ends the list
  const struct schema_field* message;  // NULL: a string
};

struct bytes bytes_of(const char* text);
bool bytes_equal(struct bytes a, struct bytes b);
bool utf8_valid(struct bytes text);

struct bytes buffer_view(const struct buffer* buffer);
void buffer_append(struct buffer* buffer, const void* data, size_t size);
// Makes room for `size` more bytes and returns where they go; `buffer->size` stays.
uint8_t* buffer_reserve(struct buffer* buffer, size_t size);
void buffer_set(struct buffer* buffer, struct bytes bytes);
void buffer_free(struct buffer* buffer);

// Allocates zeroed memory, or ends the program.
void* allocate(size_t size);

// Reads the next field and takes it off `rest`. Only for bytes that message_fault has passed.
bool field_next(struct bytes* rest, struct field* field);

// Checks a whole message: its fields (F-5), the UTF-8 of its strings, its messages.
// Returns what is wrong, or NULL. Depth is bounded by the schema, never by the input.
const char* message_fault(struct bytes message, const struct schema_field* schema);

// Writers of one field. Zero and empty are left out, as proto3 does; put_entry writes even then.
void put_number(struct buffer* out, uint32_t number, uint64_t value);
void put_bytes(struct buffer* out, uint32_t number, struct bytes bytes);
void put_entry(struct buffer* out, uint32_t number, struct bytes bytes);

// A list of {string 1, bytes 2} messages: metadata, or the Any's of a Status. It is kept encoded,
// as the fields with one number of some message; list_copy takes them over under another number.
void list_copy(struct buffer* out, uint32_t out_number, struct bytes in, uint32_t in_number);
void list_add(struct buffer* out, uint32_t number, struct bytes key, struct bytes value);
void pair_decode(struct bytes pair, struct bytes* key, struct bytes* value);

// {string 1, bytes 2}, as a schema.
extern const struct schema_field kPairSchema[];

#endif  // PARLEY_PEER_BYTES_H_
