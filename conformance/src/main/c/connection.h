// One connection: its socket, its frames in and out, its calls in both directions, its end.
//
// Everything runs on one thread. Nothing waits: a connection is told when its socket is ready and
// when time has passed, and does what it can.
#ifndef PARLEY_PEER_CONNECTION_H_
#define PARLEY_PEER_CONNECTION_H_

#include "envelope.h"

enum phase {
  PHASE_CONNECTING,  // the listener's backlog is full: connect again soon
  PHASE_HELLO,       // the peer's HELLO is awaited
  PHASE_OPEN,
  PHASE_CLOSING,  // the last frame is in the outbox: flush, shut down, discard (G-5)
  PHASE_ENDED,
};

enum outcome { REPLIED, NOT_SENT, REJECTED, UNKNOWN_OUTCOME };

// What this side says of itself in HELLO.
struct settings {
  struct buffer name;
  struct buffer payload;
  struct hello hello;
};

// A call of ours as its maker sees it. It outlives its place on the wire, and its connection.
struct call {
  struct call* next;  // free for whoever holds the call
  long handle;
  struct outgoing* slot;  // NULL once it is done
  const struct schema_field* reply;
  bool done;
  enum outcome outcome;
  enum code code;
  int32_t number;  // the code as it came over the wire
  struct buffer message;
  struct buffer payload;   // the reply
  struct buffer details;   // fields number 3
  struct buffer metadata;  // fields number 11
};

// A frame that waits to be written, or is being written.
struct frame {
  struct frame* next;
  enum { FRAME_PLAIN, FRAME_REQUEST, FRAME_RESPONSE, FRAME_REJECTION, FRAME_PONG } purpose;
  struct outgoing* slot;  // of a REQUEST, while its call is on the wire
  size_t written;
  struct buffer bytes;
};

// A call of ours on the wire: an id that is taken until its RESPONSE is read.
struct outgoing {
  struct outgoing* next;
  struct connection* connection;
  uint64_t id;
  struct frame* request;  // until it is written whole
  struct call* call;      // NULL: the application has left
  int64_t deadline;       // NEVER: none
};

// A call of the peer whose handler runs.
struct incoming {
  struct incoming* next;
  struct connection* connection;
  uint64_t id;
  struct buffer request;   // the payload
  struct buffer metadata;  // fields number 11
  int64_t deadline;
  struct fault stop;  // set once the handler is told to stop
  int step;           // of the handler
  size_t gates_seen;  // how far the handler has looked for its gate
  struct call* call;  // that the handler has made
  bool abandoned;     // the connection is gone, and the call goes with it
};

struct connection {
  struct connection* next;
  long handle;         // 0: accepted
  const void* server;  // whose it is; NULL: this side has connected
  bool connecting;     // this side has connected, and opens odd ids
  int fd;
  char path[104];
  enum phase phase;
  const struct settings* settings;
  struct hello peer;
  struct buffer peer_name;  // the name that was dialled, or else that of its HELLO
  uint32_t peer_uid;
  struct fault end;  // why it ended, or will

  struct buffer in;
  bool early;          // something came before the answer to HELLO, which is never written then
  int64_t frame_wait;  // how long the frame in hand has been waited for (F-4)
  struct frame* out;
  size_t out_bytes;
  bool shut;         // writing is shut down
  bool broken;       // a write has failed: nothing more is written (F-1)
  int64_t deadline;  // of the phase, or of the drain

  uint64_t next_id;      // of our calls
  uint64_t mark;         // highest id of the peer's calls (C-2)
  uint64_t ran;          // highest id of the peer's calls that ran (G-1)
  uint64_t goaway_sent;  // its id; NO_GOAWAY: none
  uint64_t goaway_read;
  struct outgoing* outgoing;
  struct incoming* incoming;
  size_t out_calls;
  size_t in_calls;    // from REQUEST read to RESPONSE written (C-3)
  size_t rejections;  // unwritten, of calls over max_calls (C-4)
  size_t held;        // bytes of requests whose handler runs (C-11)

  uint64_t ping_id;
  bool ping_waits;
  int64_t ping_start;
  int64_t round_trip;
};

#define NEVER INT64_MAX
#define NO_GOAWAY UINT64_MAX

const char* outcome_name(enum outcome outcome);

// Microseconds that never run backwards.
int64_t now_us(void);

// A connection of this side to `path`. Its phase tells what became of it.
struct connection* connection_connect(const char* path, const struct settings* settings);
// `crowded`: too many others have not said HELLO.
struct connection* connection_accept(int fd, const struct settings* settings, const void* server,
                                     bool crowded);
void connection_free(struct connection* connection);

// What to poll for, when to come back at the latest, and what to do then.
short connection_events(const struct connection* connection);
int64_t connection_wake(const struct connection* connection);
void connection_ready(struct connection* connection, short events, int64_t waited);
void connection_tick(struct connection* connection);

// Closes gracefully: GOAWAY, then the end of all calls, then the end. Or at once.
void connection_close(struct connection* connection);
void connection_abort(struct connection* connection);
// Ends the connection for a fault of the peer: GOAWAY with the fault's text, then the end.
void connection_fail(struct connection* connection, const struct fault* fault);

// Queues a frame; takes one back of which nothing is written, or frees one that is written whole.
struct frame* connection_send(struct connection* connection, const struct envelope* envelope);
void frame_withdraw(struct connection* connection, struct frame* frame);
bool connection_event(struct connection* connection, struct bytes name, struct bytes payload,
                      struct bytes metadata, struct fault* fault);
bool connection_ping(struct connection* connection, struct fault* fault);

// Calls of ours (outgoing.c). `metadata` is fields number 11, `reply` what the reply must parse as.
// The call is the maker's to free.
struct call* call_start(struct connection* connection, struct bytes method,
                        const struct schema_field* reply, struct bytes payload,
                        struct bytes metadata, uint64_t timeout_us);
// A call whose time was over before it could be sent.
struct call* call_expired(void);
void call_cancel(struct call* call);
void call_free(struct call* call);

// Answers a call of the peer, with the payload when the status has code 0, and frees it.
void incoming_answer(struct incoming* incoming, const struct status* status, struct bytes payload,
                     struct bytes metadata);

// What the connection does for its calls (outgoing.c, incoming.c).
void outgoing_response(struct connection* connection, const struct envelope* envelope);
void outgoing_goaway(struct connection* connection);
int64_t outgoing_wake(const struct connection* connection);
void outgoing_tick(struct connection* connection, int64_t now);
void outgoing_end(struct connection* connection);

void incoming_request(struct connection* connection, const struct envelope* envelope);
void incoming_cancel(struct connection* connection, const struct envelope* envelope);
int64_t incoming_wake(const struct connection* connection);
void incoming_tick(struct connection* connection, int64_t now);
void incoming_end(struct connection* connection);

// Why calls end that the end of their connection cuts.
const char* end_reason(const struct connection* connection);

#endif  // PARLEY_PEER_CONNECTION_H_
