#include "connection/connection.h"

#include <new>
#include <string>
#include <utility>

#include "connection/fault.h"
#include "connection/step_aside.h"
#include "parley/connection/wire_log_sink.h"
#include "parley/wire/limits.h"

namespace parley {
namespace {

// Messages of streams that follow one another within this time go out together, once there are so
// many bytes of them, or after a while. In nanoseconds.
constexpr std::int64_t kQuick = 20'000;
constexpr std::int64_t kPromise = 100'000;
constexpr std::size_t kSends = 8u << 10;
// So many bytes are worth a write of their own, so that the peer begins with them.
constexpr std::size_t kBatch = 8u << 10;
// With so many calls on their way, others are started before a reply is awaited.
constexpr int kManyCalls = 8;

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
  if (keeps_deadline) {
    FlushCalls();
    if (!outgoing_.AreAwaited()) {
      // Else a thread comes and reads itself, most likely; the loop's ticks help where it does not.
      Settle();
    }
  } else {
    Flush();
  }
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

Connection::State Connection::state() const { return state_.load(); }

void Connection::Flush() {
  if (outbox_.HasWork() || state() != State::kOpen) {
    AfterFlush(outbox_.Flush());
  }
  outbox_.RunLater();
}

void Connection::FlushSoon() {
  if (outbox_.filled() >= kBatch || !seat_->FlushLater(*this)) {
    Flush();
  }
}

void Connection::FlushCalls() {
  if (outbox_.filled() < kBatch && seat_->FlushLater(*this)) {
    return;
  }
  if (outgoing_.unattended() < kManyCalls) {
    Flush();
  } else {
    FlushSends();
  }
}

void Connection::FlushSends() {
  const std::int64_t now = timers_->Now();
  if (outbox_.filled() >= kSends || now - sent_at_.load() >= kQuick) {
    sent_at_.store(now);
    Flush();
    return;
  }
  if (promised_.exchange(true)) {
    return;
  }
  if (seat_->IsInJobHere()) {
    // It is this thread that keeps the loop from doing it.
    StepAside();
  }
  KeepLater();
}

void Connection::KeepLater() {
  timers_->At(timers_->Now() + kPromise, [self = shared_from_this()] { self->KeepPromise(); });
}

void Connection::KeepPromise() {
  if (outbox_.HasWork() && !outbox_.IsBlocked() && IsOpen()) {
    FlushSafely();
    KeepLater();
    return;
  }
  // Exchanged: whoever has relied on the promise is then seen to have appended something.
  promised_.exchange(false);
  if (outbox_.HasWork()) {
    FlushSafely();
  }
}

void Connection::FlushStaged() {
  staged_ = false;
  FlushSafely();
}

void Connection::FlushSafely() noexcept {
  try {
    Flush();
  } catch (const std::bad_alloc&) {
    Failed(wire_code::kResourceExhausted, "C-11: out of memory");
  }
}

void Connection::AfterFlush(Outbox::Flushed flushed) {
  if (flushed == Outbox::Flushed::kBlocked) {
    seat_->AwaitWritable(true);
  }
  // Whatever may be the last of a connection that drains is done before this look.
  if (state() == State::kOpen) {
    return;
  }
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
    InLoop([](Connection& self) { self.Linger(); });
  }
}

void Connection::LookForLife() {
  const State now = state();
  if (now != State::kOpen && now != State::kDraining) {
    return;
  }
  // What waits to be read is a sign of life.
  ReadInLoop();
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
