#include "connection/incoming_calls.h"

#include <algorithm>
#include <utility>

#include "connection/fault.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {
namespace {

// What a frame of a short status needs at most beside its metadata.
constexpr std::size_t kShortFrame = 1024;

}  // namespace

IncomingCalls::IncomingCalls(std::mutex& mutex, Outbox& outbox, Timers& timers, Side side,
                             const Settings& settings, std::function<void()> flush)
    : mutex_(mutex),
      outbox_(outbox),
      timers_(timers),
      side_(side),
      settings_(settings),
      flush_(std::move(flush)) {}

void IncomingCalls::Open(std::uint32_t max_frame, std::uint64_t max_message) {
  std::lock_guard<std::mutex> lock(mutex_);
  max_frame_ = max_frame;
  max_message_ = max_message;
}

void IncomingCalls::CheckPeerOpened(const Envelope& envelope) const {
  const bool theirs = (envelope.id & 1) == (side_ == Side::kConnecting ? 0u : 1u);
  if (!theirs || envelope.id == 0 || envelope.id > mark_) {
    throw WireError("C-2", wire_code::kInternal,
                    ToString(envelope.type) + " for call " + std::to_string(envelope.id) +
                        ", which the peer never opened");
  }
}

std::shared_ptr<IncomingCall> IncomingCalls::Request(const std::shared_ptr<Connection>& connection,
                                                     const Envelope& request) {
  if (request.name.empty()) {
    Continuation(request);
    return nullptr;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  const std::uint64_t id = request.id;
  const bool theirs = (id & 1) == (side_ == Side::kConnecting ? 0u : 1u);
  if (id == 0 || id > limits::kMaxId || !theirs) {
    throw WireError("C-1", wire_code::kInternal,
                    "REQUEST with id " + std::to_string(id) + ", wanted " +
                        (side_ == Side::kConnecting ? "an even" : "an odd") +
                        " one from 1 to 2^63-1");
  }
  if (id <= mark_) {
    throw WireError(
        "C-2", wire_code::kInternal,
        "REQUEST with id " + std::to_string(id) + " is not above " + std::to_string(mark_));
  }
  mark_ = id;
  if (id > last_taken_) {
    return nullptr;
  }
  if (request.open || request.more) {
    AppendRefusal(id, wire_code::kUnimplemented,
                  "H-3: streams and fragments are above level 1, which this side speaks");
    return nullptr;
  }
  const std::size_t in_flight = table_.size() + Unwritten(unwritten_);
  if (in_flight >= settings_.max_calls) {
    AppendRefusal(id, wire_code::kUnavailable,
                  "C-4: " + std::to_string(in_flight) + " calls are in flight, the limit");
    return nullptr;
  }
  if (request.payload.size() > settings_.max_message) {
    AppendRefusal(id, wire_code::kResourceExhausted,
                  "C-11: request of " + std::to_string(request.payload.size()) +
                      " bytes is over the limit of " + std::to_string(settings_.max_message));
    return nullptr;
  }
  if (held_bytes_ + request.payload.size() > settings_.max_held) {
    AppendRefusal(id, wire_code::kResourceExhausted,
                  "C-11: " + std::to_string(held_bytes_) +
                      " bytes of requests are held, of at most " +
                      std::to_string(settings_.max_held));
    return nullptr;
  }
  std::optional<std::int64_t> deadline;
  if (request.timeout_us > 0 && request.timeout_us < limits::kNoTimeout) {
    deadline = timers_.Now() + static_cast<std::int64_t>(
                                   std::min<std::uint64_t>(request.timeout_us, INT64_MAX / 2000)) *
                                   1000;
  }
  auto call = std::make_shared<IncomingCall>(connection, id, request.payload.size(), deadline);
  held_bytes_ += call->size_;
  table_.Put(id, call);
  if (deadline.has_value()) {
    call->timer_ = timers_.At(*deadline, [this, call] {
      Stop(*call, wire_code::kDeadlineExceeded, "the caller's time-out passed");
      flush_();
    });
  }
  return call;
}

void IncomingCalls::Continuation(const Envelope& request) {
  std::shared_ptr<IncomingCall> call;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    CheckPeerOpened(request);
    call = table_.Share(request.id);
  }
  if (call != nullptr) {
    Stop(*call, wire_code::kInternal, "F-9: a REQUEST without a name, but the request is whole");
  }
}

void IncomingCalls::Cancel(const Envelope& cancel) {
  std::shared_ptr<IncomingCall> call;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    CheckPeerOpened(cancel);
    call = table_.Share(cancel.id);
  }
  if (call != nullptr) {
    Stop(*call, wire_code::kCancelled, "X-1: the caller cancelled the call");
  }
}

void IncomingCalls::Stop(IncomingCall& call, int code, const char* text) {
  Listeners listeners;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (call.state_ == IncomingCall::State::kQueued) {
      End(call);
      call.stopped_ = true;
      AppendStatus(call.id_, NotRun(code, text), {});
      unwritten_.push_back(outbox_.position());
    } else if (call.state_ == IncomingCall::State::kRunning) {
      call.state_ = IncomingCall::State::kStopped;
      call.stopped_ = true;
      call.stop_ = Fault(code, text);
    }
    listeners.swap(call.listeners_);
  }
  DropTimer(call);
  for (const auto& listener : listeners) {
    listener();
  }
}

bool IncomingCalls::Begin(IncomingCall& call) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (call.state_ != IncomingCall::State::kQueued) {
    return false;
  }
  call.state_ = IncomingCall::State::kRunning;
  return true;
}

void IncomingCalls::Reply(IncomingCall& call, const OutgoingMessage& message,
                          const std::vector<MetadataField>& metadata) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (call.state_ == IncomingCall::State::kEnded) {
      return;
    }
    const bool stopped = call.state_ == IncomingCall::State::kStopped;
    End(call);
    Envelope head;
    head.type = FrameType::kResponse;
    head.id = call.id_;
    head.success = true;
    head.metadata = metadata;
    const std::size_t frame = HeadSize(head, message.size) + message.size - limits::kFrameLength;
    if (stopped) {
      AppendStatus(call.id_, call.stop_, metadata);
    } else if (message.size > max_message_) {
      AppendStatus(call.id_, TooLarge("reply", message.size, max_message_), metadata);
    } else if (frame > max_frame_) {
      AppendStatus(call.id_, TooLargeForAFrame("reply", message.size, max_frame_), metadata);
    } else if (outbox_.queued() + frame > limits::kHeldBytes) {
      AppendStatus(call.id_,
                   Fault(wire_code::kResourceExhausted, "C-11: replies of " +
                                                            std::to_string(outbox_.queued()) +
                                                            " bytes wait to be written already"),
                   metadata);
    } else if (!outbox_.Append(head, message)) {
      AppendStatus(call.id_, Fault(wire_code::kInternal, "the reply changed while it was written"),
                   metadata);
    }
    unwritten_.push_back(outbox_.position());
  }
  DropTimer(call);
}

void IncomingCalls::Fail(IncomingCall& call, StatusMessage status,
                         const std::vector<MetadataField>& metadata) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (call.state_ == IncomingCall::State::kEnded) {
      return;
    }
    const bool stopped = call.state_ == IncomingCall::State::kStopped;
    End(call);
    AppendStatus(call.id_, stopped ? call.stop_ : std::move(status), metadata);
    unwritten_.push_back(outbox_.position());
  }
  DropTimer(call);
}

bool IncomingCalls::IsStopped(const IncomingCall& call) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return call.stopped_;
}

void IncomingCalls::OnStop(IncomingCall& call, std::function<void()> listener) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!call.stopped_) {
      call.listeners_.push_back(std::move(listener));
      return;
    }
  }
  listener();
}

void IncomingCalls::ForgetListeners(IncomingCall& call) {
  Listeners dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  dropped.swap(call.listeners_);
}

std::uint64_t IncomingCalls::StopTaking() {
  last_taken_ = std::min(last_taken_, mark_);
  return last_taken_;
}

void IncomingCalls::Lost() {
  std::vector<std::shared_ptr<IncomingCall>> calls;
  std::vector<Listeners> listeners;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    last_taken_ = 0;
    calls = table_.RemoveAbove(0);
    for (const std::shared_ptr<IncomingCall>& call : calls) {
      call->state_ = IncomingCall::State::kEnded;
      call->stopped_ = true;
      listeners.emplace_back(std::move(call->listeners_));
      call->listeners_.clear();
    }
    held_bytes_ = 0;
  }
  for (const std::shared_ptr<IncomingCall>& call : calls) {
    DropTimer(*call);
  }
  for (const Listeners& each : listeners) {
    for (const auto& listener : each) {
      listener();
    }
  }
}

void IncomingCalls::AppendStatus(std::uint64_t id, StatusMessage status,
                                 const std::vector<MetadataField>& metadata) {
  Envelope head;
  head.type = FrameType::kResponse;
  head.id = id;
  head.metadata = metadata;
  std::string payload = Encode(status);
  if (payload.size() + kShortFrame + limits::kMetadata * 2 > max_frame_) {
    payload = Encode(Short(std::move(status)));
    if (HeadSize(head, payload.size()) + payload.size() > max_frame_) {
      head.metadata.clear();
    }
  }
  outbox_.Append(head, OutgoingMessage::OfBytes(payload));
}

void IncomingCalls::AppendRefusal(std::uint64_t id, int code, std::string text) {
  if (Unwritten(refusals_) >= settings_.max_calls) {
    throw WireError("C-4", wire_code::kResourceExhausted,
                    std::to_string(refusals_.size()) + " refused calls wait to be told so");
  }
  AppendStatus(id, NotRun(code, std::move(text)), {});
  refusals_.push_back(outbox_.position());
}

std::size_t IncomingCalls::Unwritten(std::deque<std::uint64_t>& ends) const {
  while (!ends.empty() && outbox_.WasSent(ends.front() - 1)) {
    ends.pop_front();
  }
  return ends.size();
}

void IncomingCalls::End(IncomingCall& call) {
  call.state_ = IncomingCall::State::kEnded;
  if (table_.Remove(call.id_) != nullptr) {
    held_bytes_ -= call.size_;
  }
}

void IncomingCalls::DropTimer(const IncomingCall& call) {
  if (call.timer_.number != 0) {
    timers_.Cancel(call.timer_);
  }
}

}  // namespace parley
