#include "simulation/wire_tap.h"

#include <algorithm>
#include <utility>

namespace parley::simulation {

WireTap::WireTap(World& world, std::string direction, bool connecting, WireCalls& calls)
    : world_(world), direction_(std::move(direction)), connecting_(connecting), calls_(calls) {}

void WireTap::Wrote(const char* data, std::size_t size) {
  while (size > 0) {
    std::size_t wanted = 4;
    if (partial_.size() >= 4) {
      std::size_t length = 0;
      for (int i = 0; i < 4; ++i) {
        length = length << 8 | static_cast<unsigned char>(partial_[static_cast<std::size_t>(i)]);
      }
      wanted += length;
    }
    const std::size_t taken = std::min(size, wanted - partial_.size());
    partial_.append(data, taken);
    data += taken;
    size -= taken;
    written_ += taken;
    if (partial_.size() == wanted && wanted > 4) {
      Envelope frame;
      DecodeEnvelope(std::string_view(partial_).substr(4), frame);
      Frame(frame);
      partial_.clear();
    }
  }
}

void WireTap::Frame(const Envelope& frame) {
  if (world_.writes_journal()) {
    world_.Tell(direction_ + " " + WireCalls::Line(frame));
  }
  Require(!said_why_, "a frame after GOAWAY with a reason", frame);
  if (frame.type != FrameType::kHello && frame.type != FrameType::kGoAway) {
    Require(hello_.has_value() && back_->hello_.has_value(), "H-1: a frame before both HELLOs",
            frame);
  }
  if (hello_.has_value() && back_->hello_.has_value()) {
    Require(partial_.size() - 4 <= back_->hello_->max_frame, "F-2: a frame that is too large",
            frame);
  }
  const bool ours = ((frame.id & 1) == 1) == connecting_;
  switch (frame.type) {
    case FrameType::kHello:
      Hello(frame);
      break;
    case FrameType::kRequest:
      Require(ours, "C-1: an id of the other side's", frame);
      if (!frame.name.empty()) {
        requests_.emplace(frame.name, written_);
      }
      calls_.Request(frame);
      break;
    case FrameType::kResponse:
      if (!frame.more) {
        responses_.emplace(frame.id, written_);
      }
      [[fallthrough]];
    case FrameType::kMessage:
    case FrameType::kEnd:
    case FrameType::kCancel:
      calls_.Frame(frame, ours);
      break;
    case FrameType::kCredit:
      if (frame.id == 0) {
        back_->event_window_ += static_cast<std::int64_t>(frame.credit);
      } else {
        calls_.Frame(frame, ours);
      }
      break;
    case FrameType::kEvent:
      Event(frame);
      break;
    case FrameType::kPing:
      Require(++pings_ <= back_->pongs_ + 1, "P-1: a second PING before the answer", frame);
      break;
    case FrameType::kPong:
      Require(++pongs_ <= back_->pings_, "P-1: a PONG that nobody asked for", frame);
      break;
    case FrameType::kGoAway:
      GoAway(frame);
      break;
    case FrameType::kUnspecified:
      Require(false, "F-8: no type", frame);
  }
}

void WireTap::Hello(const Envelope& frame) {
  Require(!hello_.has_value(), "H-1: a second HELLO", frame);
  hello_ = DecodeHello(frame.payload);
  back_->event_window_ = static_cast<std::int64_t>(hello_->window);
  calls_.SetHello(connecting_, *hello_);
}

void WireTap::Event(const Envelope& frame) {
  Require(frame.id == 0 && !frame.more, "E-1: an EVENT is one frame", frame);
  if (calls_.CountsWindows()) {
    Require(event_window_ > 0, "W-4: an EVENT without window", frame);
    event_window_ -= static_cast<std::int64_t>(frame.payload.size()) + 64;
  }
}

void WireTap::GoAway(const Envelope& frame) {
  Require(!goodbye_id_.has_value() || frame.id <= *goodbye_id_, "G-1: a higher id in GOAWAY",
          frame);
  goodbye_id_ = frame.id;
  GoAwayMessage go_away;
  DecodeGoAway(frame.payload, go_away);
  said_why_ = go_away.status.code != 0;
}

void WireTap::Require(bool holds, const char* rule, const Envelope& frame) {
  if (!holds) {
    world_.Check(false, std::string(rule) + " (" + direction_ + " " + WireCalls::Line(frame) + ")");
  }
}

}  // namespace parley::simulation
