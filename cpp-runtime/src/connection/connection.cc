#include "connection/connection.h"

#include <new>
#include <string>
#include <utility>

#include "connection/fault.h"
#include "parley/connection/wire_log_sink.h"
#include "parley/wire/limits.h"

namespace parley {
namespace {

// How often one readiness is read before others have their turn.
constexpr int kRounds = 16;
// A reader's memory that an idle connection keeps.
constexpr std::size_t kKeep = 64u << 10;

}  // namespace

Connection::Connection(Side side, std::unique_ptr<Link> link, Settings settings,
                       std::shared_ptr<Timers> timers, std::shared_ptr<Receiver> receiver,
                       std::string peer)
    : side_(side),
      link_(std::move(link)),
      credentials_(link_->credentials()),
      settings_(std::move(settings)),
      timers_(std::move(timers)),
      outbox_(mutex_, *link_),
      held_(settings_.max_held),
      events_(outbox_, settings_.window),
      outgoing_(mutex_, outbox_, *timers_, held_, side, settings_, [this] { Flush(); }),
      replies_(outgoing_),
      incoming_(mutex_, outbox_, *timers_, held_, side, settings_, [this] { Flush(); }),
      arrivals_(incoming_),
      pings_(mutex_, outbox_, *timers_),
      receiver_(std::move(receiver)),
      peer_(std::move(peer)) {
  outbox_.SetPeer(peer_);
}

Connection::~Connection() = default;

void Connection::StartCall(const std::shared_ptr<OutgoingCall>& call,
                           const OutgoingRequest& request, bool keeps_deadline) {
  outgoing_.Start(call, request, keeps_deadline);
  Flush();
}

bool Connection::LeaveCall(OutgoingCall& call, const StatusMessage& why) {
  const bool left = outgoing_.Leave(call, why);
  if (left) {
    Flush();
  }
  return left;
}

std::optional<StatusMessage> Connection::SendEvent(std::string_view name,
                                                   const OutgoingMessage& message,
                                                   const std::vector<MetadataField>& metadata) {
  Envelope head;
  head.type = FrameType::kEvent;
  head.name = name;
  head.metadata = metadata;
  try {
    CheckSent(head);
  } catch (const WireError& error) {
    return Fault(error.code(), error.what());
  }
  // A name with a slash is a one-way method's, which may be of the protocol's own services.
  const bool reserved = name.substr(0, 7) == "parley." && name.find('/') == std::string_view::npos;
  if (name.empty() || reserved) {
    return Fault(wire_code::kInvalidArgument,
                 "E-1: an event needs a name that does not begin with parley.");
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kOpen && state_ != State::kDraining) {
      return Fault(wire_code::kUnavailable,
                   cause_.has_value() ? cause_->message : "H-1: the handshake is not done");
    }
    if (level_ < 1) {
      return Fault(wire_code::kUnimplemented, "H-3: the peer speaks level 0, without events");
    }
    if (message.size > max_message_) {
      return TooLarge("event", message.size, max_message_);
    }
    const std::size_t frame = HeadSize(head, message.size) + message.size - limits::kFrameLength;
    if (frame > max_frame_) {
      return TooLargeForAFrame("event", message.size, max_frame_);
    }
    const std::optional<StatusMessage> full = events_.Take(message.size);
    if (full.has_value()) {
      return full;
    }
    if (!outbox_.Append(head, message)) {
      return Fault(wire_code::kInvalidArgument, "the event changed while it was written");
    }
  }
  Flush();
  return std::nullopt;
}

void Connection::FinishSending(OutgoingCall& call) {
  outgoing_.FinishSending(call);
  Flush();
}

void Connection::Consumed(OutgoingCall& call, std::uint64_t cost) {
  outgoing_.Consumed(call, cost);
  Flush();
}

void Connection::EventConsumed(std::size_t payload) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    events_.Consumed(payload);
  }
  Flush();
}

void Connection::Ping(Pings::Listener listener) {
  pings_.Send(std::move(listener));
  Flush();
}

bool Connection::IsOpen() const {
  const State now = state();
  return now == State::kOpen || now == State::kDraining;
}

Connection::State Connection::state() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return state_;
}

void Connection::Flush() {
  AfterFlush(outbox_.Flush());
  outbox_.RunLater();
}

void Connection::AfterFlush(Outbox::Flushed flushed) {
  bool linger = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const bool written = outbox_.IsEmpty() || outbox_.broken();
    if (state_ == State::kDraining && written && outgoing_.in_flight() == 0 &&
        incoming_.in_flight() == 0) {
      state_ = State::kGoodbye;
      SetCause(Fault(wire_code::kUnavailable, "the connection was closed by this side"), true);
      outgoing_.Refuse(*cause_);
    }
    if (state_ == State::kGoodbye && written && !ready_to_linger_) {
      ready_to_linger_ = true;
      linger = true;
    }
  }
  if (linger) {
    seat_->Run([self = shared_from_this()] { self->Linger(); });
  }
  if (flushed == Outbox::Flushed::kBlocked) {
    seat_->Await(Interest::kBoth);
  }
}

void Connection::Ready(bool readable, bool writable) {
  try {
    OnReady(readable, writable);
  } catch (const std::bad_alloc&) {
    Failed(wire_code::kResourceExhausted, "C-11: out of memory");
  } catch (...) {
    // A message's parser threw, say.
    Failed(wire_code::kInternal, "the connection met an error on this side");
  }
}

void Connection::Failed(int code, const char* what) noexcept {
  reading_.store(Reader::kNone);
  try {
    CloseWith(Fault(code, what));
  } catch (const std::bad_alloc&) {
    try {
      End(Fault(code, what));
    } catch (const std::bad_alloc&) {
      // What is left of it ends with the next event of its socket, or with its process.
    }
  }
}

void Connection::OnReady(bool readable, bool writable) {
  if (state() == State::kEnded) {
    return;
  }
  if (writable) {
    AfterFlush(outbox_.Resume());
    outbox_.RunLater();
    // Another thread may have blocked and armed the loop between the two lines, hence the last
    // look.
    seat_->Await(reads_nothing_ ? Interest::kNone : Interest::kRead);
    if (outbox_.IsBlocked()) {
      seat_->Await(Interest::kBoth);
    }
  }
  if (readable && !reads_nothing_) {
    Read();
  }
}

void Connection::Read() {
  Reader none = Reader::kNone;
  if (!reading_.compare_exchange_strong(none, Reader::kLoop)) {
    return;
  }
  Round round = Round::kAgain;
  for (int i = 0; i < kRounds && round == Round::kAgain; ++i) {
    round = ReadOnce();
  }
  if (unanswered_.has_value() && round != Round::kEnd) {
    Answer();
  }
  const State now = state();
  const bool over = now == State::kGoodbye || now == State::kEnded;
  if (!over) {
    WatchFrame();
    if (!reader_.InFrame() && reader_.capacity() > kKeep) {
      reader_.Release();
    }
  }
  reading_.store(Reader::kNone);
  Flush();
  if (round == Round::kEnd) {
    End(Fault(wire_code::kUnavailable, "G-4: the connection to " + peer_ + " was lost"));
  }
}

Connection::Round Connection::ReadOnce() {
  char discarded[4096];
  const bool discards = state() == State::kGoodbye;
  const FrameReader::Space room =
      discards ? FrameReader::Space{discarded, sizeof(discarded)} : reader_.Room();
  const Transfer transfer = link_->Read(room.data, room.size);
  switch (transfer.state) {
    case Transfer::State::kWouldBlock:
      return Round::kDry;
    case Transfer::State::kEnd:
    case Transfer::State::kFailed:
      return Round::kEnd;
    case Transfer::State::kDone:
      break;
  }
  any_byte_ = true;
  if (settings_.keepalive.has_value()) {
    keepalive_.Heard(timers_->Now());
  }
  if (!discards) {
    reader_.Filled(transfer.count);
    Take();
  }
  // Less than there was room for: most likely that was all, and the poller tells of the rest.
  return transfer.count < room.size && !unanswered_.has_value() ? Round::kDry : Round::kAgain;
}

void Connection::Take() {
  try {
    while (reader_.Next(frame_)) {
      ++frames_;
      if (WireLogSink::IsOn()) {
        WireLogSink::Write(WireLogLine(Direction::kIn, peer_, frame_, reader_.frame_size()));
      }
      const State now = state();
      if (now == State::kHandshake) {
        HandleFirst(frame_);
      } else if (now == State::kOpen || now == State::kDraining) {
        Handle(frame_);
      } else {
        return;
      }
    }
  } catch (const WireError& error) {
    CloseWith(Fault(error.code(), error.what()));
  }
}

void Connection::WatchFrame() {
  if (!reader_.InFrame()) {
    if (watched_frame_ != UINT64_MAX) {
      watched_frame_ = UINT64_MAX;
      timers_->Cancel(frame_timer_);
    }
    return;
  }
  if (watched_frame_ == frames_) {
    return;
  }
  timers_->Cancel(frame_timer_);
  watched_frame_ = frames_;
  frame_timer_ =
      timers_->At(timers_->Now() + std::chrono::nanoseconds(limits::kFrameTime).count(),
                  [self = shared_from_this(), frames = frames_] { self->FrameLate(frames); });
}

void Connection::FrameLate(std::uint64_t frames) {
  const State now = state();
  if (now == State::kEnded || now == State::kGoodbye || frames_ != frames) {
    return;
  }
  // What waits to be read does not count against the peer.
  Read();
  if (state() != State::kEnded && frames_ == frames && reader_.InFrame()) {
    CloseWith(Fault(wire_code::kDeadlineExceeded, "F-4: a frame was not whole after 30 s"));
  }
}

void Connection::LookForLife() {
  const State now = state();
  if (now != State::kOpen && now != State::kDraining) {
    return;
  }
  // What waits to be read is a sign of life.
  Read();
  bool excused = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kOpen && state_ != State::kDraining) {
      return;
    }
    excused = level_ < 2 && outgoing_.in_flight() > 0;
  }
  const Keepalive::Times& times = *settings_.keepalive;
  switch (keepalive_.Judge(times, timers_->Now(), excused)) {
    case Keepalive::Verdict::kAlive:
      SetTimer(keepalive_timer_,
               times.silence - std::chrono::nanoseconds(timers_->Now() - keepalive_.heard_at()),
               &Connection::LookForLife);
      return;
    case Keepalive::Verdict::kAsk:
      SetTimer(keepalive_timer_, times.patience, &Connection::LookForLife);
      pings_.Ask();
      Flush();
      return;
    case Keepalive::Verdict::kWait:
      SetTimer(keepalive_timer_, times.patience, &Connection::LookForLife);
      return;
    case Keepalive::Verdict::kGiveUp:
      CloseWith(Fault(wire_code::kUnavailable,
                      "P-2: no sign of life for " +
                          std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                                             times.silence + times.patience)
                                             .count()) +
                          " ms"));
      return;
  }
}

bool Connection::IsOurs(const Envelope& frame) const { return Opens(side_, frame.id); }

void Connection::Credit(const Envelope& frame) {
  if (frame.credit == 0) {
    return;  // W-3
  }
  if (frame.id == 0) {
    std::lock_guard<std::mutex> lock(mutex_);
    events_.Grant(frame.credit);
  } else if (IsOurs(frame)) {
    replies_.Credit(frame);
  } else {
    arrivals_.Credit(frame);
  }
}

void Connection::Handle(Envelope& frame) {
  switch (frame.type) {
    case FrameType::kHello:
      throw WireError("H-1", wire_code::kInternal, "a second HELLO");
    case FrameType::kRequest: {
      const std::shared_ptr<IncomingCall> call = arrivals_.Request(shared_from_this(), frame);
      if (call != nullptr) {
        receiver_->Request(call, frame);
      }
      return;
    }
    case FrameType::kResponse:
      replies_.Response(frame);
      return;
    case FrameType::kMessage:
      if (IsOurs(frame)) {
        replies_.Message(frame);
      } else {
        arrivals_.Message(frame);
      }
      return;
    case FrameType::kEnd:
      arrivals_.End(frame);
      return;
    case FrameType::kCredit:
      Credit(frame);
      return;
    case FrameType::kCancel:
      arrivals_.Cancel(frame);
      return;
    case FrameType::kEvent: {
      std::lock_guard<std::mutex> lock(mutex_);
      events_.Arrived(frame.payload.size());
    }
      receiver_->Event(frame);
      return;
    case FrameType::kPing: {
      std::lock_guard<std::mutex> lock(mutex_);
      outbox_.AppendPong(frame.id);
      return;
    }
    case FrameType::kPong:
      pings_.Pong(frame.id);
      return;
    case FrameType::kGoAway:
      PeerGoesAway(frame);
      return;
    case FrameType::kUnspecified:
      // Of a later version: ignored (F-8).
      return;
  }
}

}  // namespace parley
