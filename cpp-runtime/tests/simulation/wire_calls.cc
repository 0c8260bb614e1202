#include "simulation/wire_calls.h"

#include <algorithm>

namespace parley::simulation {
namespace {

std::int64_t CostOf(const Envelope& frame) {
  return static_cast<std::int64_t>(frame.payload.size()) + 64;
}

}  // namespace

bool WireCalls::CountsWindows() const {
  return hellos_[0].has_value() && hellos_[1].has_value() &&
         std::min(hellos_[0]->level, hellos_[1]->level) >= 2;
}

void WireCalls::Request(const Envelope& frame) {
  if (frame.name.empty()) {
    const auto place = calls_.find(frame.id);
    Require(place != calls_.end() && !place->second.cancelled, "F-9: a part of no REQUEST", frame);
    Message(place->second.caller, frame);
    place->second.request_whole = !frame.more;
    return;
  }
  const std::size_t side = frame.id & 1;
  Require(frame.id > marks_[side], "C-2: an id that does not rise", frame);
  marks_[side] = frame.id;
  Require(!frame.open || frame.payload.empty(), "C-6: open beside a payload", frame);
  Require(CountsWindows() || (!frame.open && !frame.more), "H-3: above the level", frame);
  Call& call = calls_[frame.id];
  call.open = frame.open;
  call.caller.window = static_cast<std::int64_t>(hellos_[1 - side]->window);
  call.callee.window = static_cast<std::int64_t>(hellos_[side]->window);
  call.request_whole = !frame.more;
  Message(call.caller, frame);
}

void WireCalls::Frame(const Envelope& frame, bool by_caller) {
  const auto place = calls_.find(frame.id);
  Require(place != calls_.end(), "C-2: a call that was never opened", frame);
  Call& call = place->second;
  Way& way = by_caller ? call.caller : call.callee;
  Require(!by_caller || !call.cancelled, "X-2: a frame after CANCEL", frame);
  Require(by_caller || !way.over, "C-3: a frame after RESPONSE", frame);
  switch (frame.type) {
    case FrameType::kMessage:
      Require(!by_caller || (call.open && !way.over), "C-6: MESSAGE out of place", frame);
      Require(way.unfinished.has_value() || way.window > 0, "W-4: a message without window", frame);
      way.window -= CostOf(frame);
      Message(way, frame);
      break;
    case FrameType::kEnd:
      Require(by_caller && call.open && !way.over, "C-6: END out of place", frame);
      Require(!way.unfinished.has_value(), "F-9: END inside a message", frame);
      way.over = true;
      break;
    case FrameType::kResponse:
      Require(!by_caller, "C-2: RESPONSE by the caller", frame);
      if (!frame.success && way.unfinished != FrameType::kResponse) {
        way.unfinished.reset();
      }
      Message(way, frame);
      way.over = !frame.more;
      break;
    case FrameType::kCancel:
      Require(by_caller, "C-2: CANCEL by the callee", frame);
      call.cancelled = true;
      break;
    default:
      (by_caller ? call.callee : call.caller).window += static_cast<std::int64_t>(frame.credit);
  }
}

void WireCalls::Message(Way& way, const Envelope& frame) {
  if (way.unfinished.has_value()) {
    Require(*way.unfinished == frame.type, "F-9: another frame inside a message", frame);
    Require(frame.name.empty() && frame.timeout_us == 0 && frame.metadata.empty(),
            "F-9: a part that says more than it may", frame);
  }
  Require(!frame.more || !frame.payload.empty(), "F-9: more beside nothing", frame);
  way.unfinished.reset();
  if (frame.more) {
    way.unfinished = frame.type;
  }
}

void WireCalls::Require(bool holds, const char* rule, const Envelope& frame) {
  if (!holds) {
    world_.Check(false, std::string(rule) + " (" + Line(frame) + ")");
  }
}

std::string WireCalls::Line(const Envelope& frame) {
  std::string line = ToString(frame.type) + " " + std::to_string(frame.id);
  if (!frame.name.empty()) line += " name=" + std::string(frame.name);
  if (frame.timeout_us != 0) line += " timeout_us=" + std::to_string(frame.timeout_us);
  if (frame.open) line += " open";
  if (frame.more) line += " more";
  if (frame.credit != 0) line += " credit=" + std::to_string(frame.credit);
  if (!frame.payload.empty()) line += " payload=" + std::to_string(frame.payload.size());
  if (frame.success) line += " success";
  StatusMessage status;
  if (frame.type == FrameType::kGoAway) {
    GoAwayMessage go_away;
    DecodeGoAway(frame.payload, go_away);
    status = go_away.status;
  } else if (frame.type == FrameType::kResponse && !frame.success) {
    DecodeStatus(frame.payload, status);
  }
  if (status.code != 0) {
    line += " status=" + std::to_string(status.code) + " \"" + status.message + "\"";
    line += status.not_run ? " not_run" : "";
  }
  return line;
}

}  // namespace parley::simulation
