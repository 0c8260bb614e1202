// The conformance service: what a peer program serves on both ends of every connection.
#ifndef PARLEY_PEER_SERVICE_H_
#define PARLEY_PEER_SERVICE_H_

#include "connection.h"

// The message of a method, or NULL where the method is not known.
const struct schema_field* service_request_schema(struct bytes method);
const struct schema_field* service_reply_schema(struct bytes method);

// Takes the handler of a call as far as it goes without waiting. Its last step frees the call.
void service_run(struct incoming* incoming);

void service_event(struct connection* connection, const struct envelope* envelope);

// Gates and logs belong to the process.
void gate_open(struct bytes name);
bool gate_is_open(struct bytes name);
// Changes whenever a gate is opened.
size_t gates_opened(void);
// Appends the notes of a log as fields with this number, and empties the log.
void log_take(struct bytes log, struct buffer* out, uint32_t number);
void service_free(void);

#endif  // PARLEY_PEER_SERVICE_H_
