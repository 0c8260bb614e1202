// The envelope, and the messages that are its payload in HELLO, GOAWAY and failures.
#ifndef PARLEY_PEER_ENVELOPE_H_
#define PARLEY_PEER_ENVELOPE_H_

#include "bytes.h"

enum type {
  TYPE_UNSPECIFIED,
  TYPE_HELLO,
  TYPE_REQUEST,
  TYPE_MESSAGE,
  TYPE_END,
  TYPE_RESPONSE,
  TYPE_CANCEL,
  TYPE_CREDIT,
  TYPE_EVENT,
  TYPE_PING,
  TYPE_PONG,
  TYPE_GOAWAY,
};

enum code {
  CODE_OK,
  CODE_CANCELLED,
  CODE_UNKNOWN,
  CODE_INVALID_ARGUMENT,
  CODE_DEADLINE_EXCEEDED,
  CODE_NOT_FOUND,
  CODE_ALREADY_EXISTS,
  CODE_PERMISSION_DENIED,
  CODE_RESOURCE_EXHAUSTED,
  CODE_FAILED_PRECONDITION,
  CODE_ABORTED,
  CODE_OUT_OF_RANGE,
  CODE_UNIMPLEMENTED,
  CODE_INTERNAL,
  CODE_UNAVAILABLE,
  CODE_DATA_LOSS,
  CODE_UNAUTHENTICATED,
};

enum {
  LONGEST_NAME = 255,          // F-7
  LONGEST_SENT_BY = 64,        // F-7
  LONGEST_KEY = 64,            // F-7
  MOST_METADATA = 32,          // F-7
  MOST_METADATA_BYTES = 8192,  // F-7
  HELLO_FRAME = 16384,         // F-2
  LONGEST_HELLO_PAYLOAD = 8192,
};

// What went wrong: a code, and a text that begins with the rule. An empty text is no fault.
struct fault {
  enum code code;
  char text[256];
};

// An envelope. Its bytes belong to the frame that it was read from.
struct envelope {
  uint64_t id;
  struct bytes sent_by;
  int32_t type;
  bool success;
  struct bytes name;
  uint64_t timeout_us;
  bool open;
  bool more;
  struct bytes metadata;  // fields number 11 of an encoded message; others are passed over
  struct bytes payload;
};

struct hello {
  uint32_t version, min_version, level;
  uint32_t max_frame, max_calls;
  uint64_t max_message;
  struct bytes payload;
};

struct status {
  int32_t code;
  struct bytes message;
  struct bytes details;  // fields number 3 of an encoded message; others are passed over
  bool not_run;
};

// Sets the fault and returns false, so that a failing function ends in `return fault_set(...)`.
__attribute__((format(printf, 3, 4))) bool fault_set(struct fault* fault, enum code code,
                                                     const char* format, ...);

const char* code_name(int32_t code);

// Reads the length before a frame (F-2).
bool frame_length(const uint8_t head[4], uint32_t limit, uint32_t* length, struct fault* fault);

// Reads an envelope strictly (F-5 to F-8).
bool envelope_decode(struct bytes frame, struct envelope* envelope, struct fault* fault);

// Appends a whole frame: the length, then the envelope.
void envelope_encode(struct buffer* out, const struct envelope* envelope);

// What a sender must not send (F-7): no name of the sender's is empty, no key, nothing is too long.
// `metadata` is fields number 11.
bool names_sendable(struct bytes name, struct bytes metadata, struct fault* fault);

// Text of the peer for a text of ours: short, and without control characters. Returns `out`.
enum { QUOTED = 128 };
const char* quote(struct bytes text, char out[QUOTED]);

// Reads a HELLO, puts the defaults in, and checks what is too low (H-2).
bool hello_decode(struct bytes payload, struct hello* hello, struct fault* fault);
void hello_encode(struct buffer* out, const struct hello* hello);

// Reads a Status; one that cannot be read, or has no code of 1 to 16, keeps its number (C-10).
// Returns the code that it counts as.
enum code status_decode(struct bytes payload, struct status* status);
void status_encode(struct buffer* out, const struct status* status);

// Reads the Status in a GOAWAY, as status_decode does. `merged` holds what the Status points to.
enum code goaway_decode(struct bytes payload, struct buffer* merged, struct status* status);

#endif  // PARLEY_PEER_ENVELOPE_H_
