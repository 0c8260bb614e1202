#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "service.h"

static const int64_t kSecond = 1000000;
static const int64_t kHelloLimit = 5 * 1000000;    // H-5, accepting side
static const int64_t kAnswerLimit = 10 * 1000000;  // H-5, connecting side
static const int64_t kFrameLimit = 30 * 1000000;   // F-4
static const int64_t kDrainLimit = 5 * 1000000;    // G-3
static const size_t kChunk = 65536;
static const size_t kMostQueued = 64 << 20;

int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

const char* end_reason(const struct connection* c) {
  return c->end.text[0] != '\0' ? c->end.text : "the connection ended";
}

static struct connection* connection_new(const struct settings* settings, bool connecting) {
  struct connection* c = allocate(sizeof *c);
  c->fd = -1;
  c->settings = settings;
  c->goaway_sent = c->goaway_read = NO_GOAWAY;
  c->deadline = now_us() + (connecting ? kAnswerLimit : kHelloLimit);
  c->connecting = connecting;
  c->next_id = connecting ? 1 : 2;
  return c;
}

void frame_withdraw(struct connection* c, struct frame* frame) {
  struct frame** at = &c->out;
  while (*at != frame) at = &(*at)->next;
  *at = frame->next;
  c->out_bytes -= frame->bytes.size;
  buffer_free(&frame->bytes);
  free(frame);
}

void connection_free(struct connection* c) {
  c->phase = PHASE_ENDED;
  outgoing_end(c);
  incoming_end(c);
  if (c->fd >= 0) close(c->fd);
  while (c->out != NULL) frame_withdraw(c, c->out);
  buffer_free(&c->in);
  buffer_free(&c->peer_name);
  free(c);
}

// The end: nothing more is read or written. The first cause wins.
static void finish(struct connection* c, enum code code, const char* text) {
  if (c->phase == PHASE_ENDED) return;
  c->phase = PHASE_ENDED;
  if (c->end.text[0] == '\0') fault_set(&c->end, code, "%s", text);
  outgoing_end(c);
  incoming_end(c);
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
}

struct frame* connection_send(struct connection* c, const struct envelope* envelope) {
  struct frame* frame = allocate(sizeof *frame);
  envelope_encode(&frame->bytes, envelope);
  struct frame** last = &c->out;
  while (*last != NULL) last = &(*last)->next;
  *last = frame;
  c->out_bytes += frame->bytes.size;
  return frame;
}

static void send_hello(struct connection* c) {
  struct buffer payload = {NULL, 0, 0};
  hello_encode(&payload, &c->settings->hello);
  connection_send(c, &(struct envelope){.type = TYPE_HELLO,
                                        .sent_by = buffer_view(&c->settings->name),
                                        .payload = buffer_view(&payload)});
  buffer_free(&payload);
}

static void send_goaway(struct connection* c, enum code code, const char* text) {
  struct buffer status = {NULL, 0, 0};
  struct buffer payload = {NULL, 0, 0};
  status_encode(&status, &(struct status){.code = code, .message = bytes_of(text)});
  put_bytes(&payload, 1, buffer_view(&status));
  if (c->ran < c->goaway_sent) c->goaway_sent = c->ran;
  connection_send(c,
                  &(struct envelope){
                      .type = TYPE_GOAWAY, .id = c->goaway_sent, .payload = buffer_view(&payload)});
  buffer_free(&status);
  buffer_free(&payload);
}

static void begin_closing(struct connection* c) {
  c->phase = PHASE_CLOSING;
  c->deadline = now_us() + kSecond;
  c->in.size = 0;
  outgoing_end(c);
  incoming_end(c);
}

void connection_fail(struct connection* c, const struct fault* fault) {
  if (c->phase >= PHASE_CLOSING) return;
  if (c->end.text[0] == '\0') c->end = *fault;
  fprintf(stderr, "close: %s: %s\n", code_name(fault->code), fault->text);
  begin_closing(c);
  send_goaway(c, fault->code, fault->text);
}

void connection_close(struct connection* c) {
  if (c->phase < PHASE_OPEN) finish(c, CODE_UNAVAILABLE, "closed by this side");
  if (c->phase != PHASE_OPEN || c->goaway_sent != NO_GOAWAY) return;
  send_goaway(c, CODE_OK, "");
  c->deadline = now_us() + kDrainLimit;
}

void connection_abort(struct connection* c) { finish(c, CODE_UNAVAILABLE, "aborted by this side"); }

// H-4: the same user, or root.
static bool peer_allowed(struct connection* c) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  bool known = getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  c->peer_uid = known ? peer.uid : (uid_t)-1;
  return known && (peer.uid == geteuid() || peer.uid == 0);
}

static void try_connect(struct connection* c) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, c->path, strlen(c->path));
  c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  char text[200];
  if (c->fd >= 0 && connect(c->fd, (struct sockaddr*)&address, sizeof address) == 0) {
    if (!peer_allowed(c)) {
      snprintf(text, sizeof text, "H-4: server %s runs as user %u", c->path, c->peer_uid);
      finish(c, CODE_PERMISSION_DENIED, text);
      return;
    }
    c->phase = PHASE_HELLO;
    send_hello(c);
    return;
  }
  int error = errno;
  if (c->fd >= 0) close(c->fd);
  c->fd = -1;
  if (error == EAGAIN) return;  // the backlog is full, so somebody lives there
  snprintf(text, sizeof text, "N-8: cannot connect to %s: %s", c->path, strerror(error));
  finish(c, CODE_UNAVAILABLE, text);
}

struct connection* connection_connect(const char* path, const struct settings* settings) {
  struct connection* c = connection_new(settings, true);
  snprintf(c->path, sizeof c->path, "%s", path);
  try_connect(c);
  return c;
}

struct connection* connection_accept(int fd, const struct settings* settings, const void* server,
                                     bool crowded) {
  struct connection* c = connection_new(settings, false);
  c->fd = fd;
  c->server = server;
  c->phase = PHASE_HELLO;
  struct fault fault;
  if (!peer_allowed(c)) {
    fault_set(&fault, CODE_PERMISSION_DENIED, "H-4: client runs as user %u", c->peer_uid);
    connection_fail(c, &fault);
  } else if (crowded) {
    fault_set(&fault, CODE_RESOURCE_EXHAUSTED, "H-5: too many handshakes are not finished");
    connection_fail(c, &fault);
  }
  return c;
}

static bool read_hello(struct connection* c, const struct envelope* e, size_t behind,
                       struct fault* fault) {
  if (e->sent_by.size == 0) return fault_set(fault, CODE_INTERNAL, "H-2: HELLO without sent_by");
  if (!hello_decode(e->payload, &c->peer, fault)) return false;
  c->peer.payload = (struct bytes){NULL, 0};                          // it belongs to the frame
  if (c->peer_name.size == 0) buffer_set(&c->peer_name, e->sent_by);  // E-3
  if (!c->connecting) {
    // H-1: what is there before the answer is written is GOAWAY, or a fault of the peer.
    int waiting = 0;
    ioctl(c->fd, FIONREAD, &waiting);
    c->early = behind > 0 || waiting > 0;
    if (c->early) return true;
    send_hello(c);
  }
  c->phase = PHASE_OPEN;
  c->deadline = NEVER;
  return true;
}

static void read_goaway(struct connection* c, const struct envelope* e) {
  struct status status;
  struct buffer merged = {NULL, 0, 0};
  enum code code = goaway_decode(e->payload, &merged, &status);
  if (c->end.text[0] == '\0') {
    char text[QUOTED];
    fault_set(&c->end, c->phase == PHASE_HELLO ? code : CODE_UNAVAILABLE, "peer said GOAWAY: %s",
              quote(status.message, text));
  }
  buffer_free(&merged);
  if (c->phase == PHASE_HELLO) {
    begin_closing(c);
    return;
  }
  if (e->id < c->goaway_read) c->goaway_read = e->id;  // G-1: a repeat never raises it
  outgoing_goaway(c);
}

static void send_pong(struct connection* c, uint64_t id) {
  // P-1: only the newest PING needs an answer, so that a flood of them queues one.
  struct frame* old = c->out;
  while (old != NULL && !(old->purpose == FRAME_PONG && old->written == 0)) old = old->next;
  if (old != NULL) frame_withdraw(c, old);
  connection_send(c, &(struct envelope){.type = TYPE_PONG, .id = id})->purpose = FRAME_PONG;
}

// Takes a frame in, behind which `behind` bytes have been read already.
static bool read_frame(struct connection* c, struct bytes bytes, size_t behind,
                       struct fault* fault) {
  struct envelope e;
  if (!envelope_decode(bytes, &e, fault)) return false;
  if (c->phase == PHASE_HELLO && !c->early && e.type == TYPE_HELLO) {
    return read_hello(c, &e, behind, fault);
  }
  if (c->phase == PHASE_HELLO && e.type != TYPE_GOAWAY) {
    return fault_set(fault, CODE_INTERNAL, "H-1: frame of type %d before the answer to HELLO",
                     (int)e.type);
  }
  bool known = e.type >= TYPE_HELLO && e.type <= TYPE_GOAWAY;
  bool foreign = e.type == TYPE_MESSAGE || e.type == TYPE_END || e.type == TYPE_CREDIT;
  if (!known || foreign) return true;  // F-8: unknown, or above this side's level
  switch (e.type) {
    case TYPE_HELLO:
      return fault_set(fault, CODE_INTERNAL, "H-1: a second HELLO");
    case TYPE_REQUEST:
      incoming_request(c, &e);
      break;
    case TYPE_RESPONSE:
      outgoing_response(c, &e);
      break;
    case TYPE_CANCEL:
      incoming_cancel(c, &e);
      break;
    case TYPE_EVENT:
      service_event(c, &e);
      break;
    case TYPE_PING:
      send_pong(c, e.id);
      break;
    case TYPE_PONG:
      if (c->ping_waits && e.id == c->ping_id) {
        c->ping_waits = false;
        c->round_trip = now_us() - c->ping_start;
      }
      break;
    case TYPE_GOAWAY:
      read_goaway(c, &e);
      break;
  }
  return true;
}

static void read_frames(struct connection* c) {
  size_t at = 0;
  struct fault fault;
  while (c->phase < PHASE_CLOSING && c->in.size - at >= 4) {
    const uint8_t* head = c->in.data + at;
    uint32_t length;
    bool hello = c->phase == PHASE_HELLO && !c->early;
    uint32_t limit = hello ? HELLO_FRAME : c->settings->hello.max_frame;
    if (!frame_length(head, limit, &length, &fault)) connection_fail(c, &fault);
    if (c->phase >= PHASE_CLOSING || c->in.size - at - 4 < length) break;
    at += 4 + (size_t)length;
    c->frame_wait = 0;
    if (!read_frame(c, (struct bytes){head + 4, length}, c->in.size - at, &fault)) {
      connection_fail(c, &fault);
    }
  }
  if (c->phase >= PHASE_CLOSING) at = c->in.size;
  if (at > 0) memmove(c->in.data, c->in.data + at, c->in.size - at);
  c->in.size -= at;
  if (c->in.size == 0 && c->in.capacity > 2 * kChunk) buffer_free(&c->in);
}

static void read_socket(struct connection* c) {
  for (int turn = 0; turn < 16 && c->phase != PHASE_ENDED; turn++) {
    uint8_t* room = buffer_reserve(&c->in, kChunk);
    ssize_t got = recv(c->fd, room, kChunk, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      // G-4. An end before the first byte is nobody's fault (N-6), and neither is told here.
      finish(c, CODE_UNAVAILABLE, got == 0 ? "the peer closed" : "the connection broke");
      return;
    }
    if (c->phase == PHASE_CLOSING) continue;  // G-5: discard
    c->in.size += (size_t)got;
    read_frames(c);
  }
}

static void written(struct connection* c, struct frame* frame) {
  if (frame->purpose == FRAME_REQUEST && frame->slot != NULL) frame->slot->request = NULL;
  if (frame->purpose == FRAME_RESPONSE) c->in_calls--;
  if (frame->purpose == FRAME_REJECTION) c->rejections--;
}

static void write_socket(struct connection* c) {
  while (c->out != NULL && !c->broken) {
    struct frame* frame = c->out;
    ssize_t put = send(c->fd, frame->bytes.data + frame->written,
                       frame->bytes.size - frame->written, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) return;
    if (put < 0) {
      c->broken = true;
      break;
    }
    frame->written += (size_t)put;
    if (frame->written < frame->bytes.size) continue;
    written(c, frame);
    frame_withdraw(c, frame);
  }
  if (c->phase == PHASE_CLOSING && !c->shut) {
    shutdown(c->fd, SHUT_WR);
    c->shut = true;
  }
}

short connection_events(const struct connection* c) {
  return POLLIN | (c->out != NULL && !c->broken ? POLLOUT : 0);
}

int64_t connection_wake(const struct connection* c) {
  int64_t wake = outgoing_wake(c);
  if (incoming_wake(c) < wake) wake = incoming_wake(c);
  if (c->deadline < wake) wake = c->deadline;
  if (c->phase == PHASE_CONNECTING) wake = now_us() + kSecond / 100;
  // A short tick, so that a stop of this very process counts as one tick of waiting at most (F-4).
  if (c->in.size > 0 && now_us() + kSecond < wake) wake = now_us() + kSecond;
  return wake;
}

void connection_ready(struct connection* c, short events, int64_t waited) {
  if (c->phase == PHASE_CONNECTING || c->phase == PHASE_ENDED) return;
  if (c->in.size > 0) c->frame_wait += waited < kSecond ? waited : kSecond;
  if (events & (POLLIN | POLLHUP | POLLERR)) read_socket(c);
  if (c->phase != PHASE_ENDED) write_socket(c);
  // After a failed write, the peer's last words may still be there to be read.
  if (c->phase != PHASE_ENDED && c->broken) {
    read_socket(c);
    finish(c, CODE_UNAVAILABLE, "the connection broke");
  }
}

void connection_tick(struct connection* c) {
  int64_t now = now_us();
  struct fault fault;
  if (c->phase == PHASE_CONNECTING) try_connect(c);
  if (c->phase < PHASE_CLOSING && c->frame_wait > kFrameLimit && c->in.size > 0) {
    fault_set(&fault, CODE_DEADLINE_EXCEEDED, "F-4: frame not whole 30 s after its first byte");
    connection_fail(c, &fault);
  }
  if (c->phase < PHASE_CLOSING && c->out_bytes > kMostQueued + c->peer.max_message) {
    fault_set(&fault, CODE_RESOURCE_EXHAUSTED, "F-3: the peer does not read");
    connection_fail(c, &fault);
  }
  if (c->phase == PHASE_OPEN && c->goaway_sent != NO_GOAWAY && c->out == NULL &&
      c->outgoing == NULL && c->in_calls == 0) {
    fault_set(&c->end, CODE_UNAVAILABLE, "closed by this side");
    begin_closing(c);  // G-3: drained
  }
  if (now >= c->deadline) {
    switch (c->phase) {
      case PHASE_CONNECTING:
        finish(c, CODE_DEADLINE_EXCEEDED, "H-5: the listener's backlog stayed full for 10 s");
        break;
      case PHASE_HELLO:
        fault_set(&fault, CODE_DEADLINE_EXCEEDED, "H-5: no HELLO within %d s",
                  c->connecting ? 10 : 5);
        connection_fail(c, &fault);
        break;
      case PHASE_OPEN:
        fault_set(&fault, CODE_UNAVAILABLE, "G-3: not drained within 5 s");
        connection_fail(c, &fault);
        break;
      case PHASE_CLOSING:
        finish(c, CODE_UNAVAILABLE, "the peer did not close");
        break;
      case PHASE_ENDED:
        break;
    }
  }
  if (c->phase != PHASE_ENDED) outgoing_tick(c, now);
  if (c->phase != PHASE_ENDED) incoming_tick(c, now);
  if (c->fd >= 0) write_socket(c);
}

bool connection_event(struct connection* c, struct bytes name, struct bytes payload,
                      struct bytes metadata, struct fault* fault) {
  if (c->phase != PHASE_OPEN) return fault_set(fault, CODE_UNAVAILABLE, "connection is not open");
  if (c->peer.level < 1) return fault_set(fault, CODE_UNIMPLEMENTED, "H-3: peer is of level 0");
  if (!names_sendable(name, metadata, fault)) return false;
  struct envelope e = {.type = TYPE_EVENT, .name = name, .metadata = metadata, .payload = payload};
  if (c->out_bytes > kMostQueued) {
    return fault_set(fault, CODE_RESOURCE_EXHAUSTED, "F-3: too many bytes wait to be written");
  }
  struct frame* frame = connection_send(c, &e);
  if (frame->bytes.size - 4 > c->peer.max_frame) {
    fault_set(fault, CODE_RESOURCE_EXHAUSTED, "F-2: frame of %zu bytes is over the peer's %u",
              frame->bytes.size - 4, c->peer.max_frame);
    frame_withdraw(c, frame);
    return false;
  }
  return true;
}

bool connection_ping(struct connection* c, struct fault* fault) {
  if (c->phase != PHASE_OPEN) return fault_set(fault, CODE_UNAVAILABLE, "connection is not open");
  c->ping_waits = true;
  c->ping_start = now_us();
  connection_send(c, &(struct envelope){.type = TYPE_PING, .id = ++c->ping_id});
  return true;
}
