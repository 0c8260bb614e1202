#include "simulation/pipe.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace parley::simulation {

void Pipe::Tell(std::function<void()> readable, std::function<void()> writable) {
  readable_ = std::move(readable);
  writable_ = std::move(writable);
}

void Pipe::CutAfter(std::uint64_t bytes, std::function<void()> cut) {
  cut_after_ = bytes;
  cut_ = std::move(cut);
}

Transfer Pipe::Write(const char* data, std::size_t size) {
  if (!broken_ && !swallows_ && written_ >= cut_after_) {
    cut_after_ = UINT64_MAX;
    cut_();
  }
  if (swallows_) {
    // The kernel took them, and the peer was gone.
    const std::size_t count = carriage_.Slice(world_, size);
    tap_.Wrote(data, count);
    return {Transfer::State::kDone, count};
  }
  if (broken_ || ended_) {
    return {Transfer::State::kEnd, 0, EPIPE};
  }
  const std::size_t room = carriage_.room - bytes_.size();
  const std::uint64_t until_cut = cut_after_ - written_;
  const std::size_t count = carriage_.Slice(
      world_, static_cast<std::size_t>(std::min<std::uint64_t>(until_cut, std::min(room, size))));
  if (count == 0) {
    return {Transfer::State::kWouldBlock};
  }
  tap_.Wrote(data, count);
  bytes_.append(data, count);
  written_ += count;
  last_arrival_ = std::max(last_arrival_, world_.now() + carriage_.Delay(world_));
  world_.At(last_arrival_, [this, whole = written_] { Arrive(whole); });
  return {Transfer::State::kDone, count};
}

bool Pipe::IsWritable() const {
  return broken_ || ended_ || swallows_ || bytes_.size() < carriage_.room;
}

void Pipe::End() {
  if (!ended_ && !broken_) {
    ended_ = true;
    last_arrival_ = std::max(last_arrival_, world_.now() + carriage_.Delay(world_));
    world_.At(last_arrival_, [this] {
      arrived_ = bytes_.size();
      end_arrived_ = true;
      readable_();
    });
  }
}

Transfer Pipe::Read(char* data, std::size_t size) {
  if (arrived_ == 0) {
    if (!end_arrived_) {
      return {Transfer::State::kWouldBlock};
    }
    return {reset_ ? Transfer::State::kFailed : Transfer::State::kEnd, 0, reset_ ? ECONNRESET : 0};
  }
  const std::size_t count = carriage_.Slice(world_, std::min(arrived_, size));
  std::memcpy(data, bytes_.data(), count);
  bytes_.erase(0, count);
  arrived_ -= count;
  read_ += count;
  world_.After(world_.Skewed(1'000), writable_);
  return {Transfer::State::kDone, count};
}

bool Pipe::Abandon() {
  broken_ = true;
  swallows_ = false;
  world_.After(0, writable_);
  return !bytes_.empty();
}

void Pipe::Cut() {
  if (end_arrived_) {
    return;
  }
  const auto on_its_way = static_cast<std::int64_t>(bytes_.size() - arrived_);
  bytes_.resize(arrived_ + static_cast<std::size_t>(world_.Skewed(on_its_way)));
  broken_ = !world_.Chance(30);
  swallows_ = !broken_;
  reset_ = world_.Chance(50);
  ended_ = true;
  world_.After(carriage_.Delay(world_), [this] {
    arrived_ = bytes_.size();
    end_arrived_ = true;
    readable_();
  });
  if (swallows_) {
    world_.After(world_.Skewed(50'000'000), [this] { Abandon(); });
  }
  world_.After(0, writable_);
}

void Pipe::BreakOff() {
  broken_ = true;
  ended_ = true;
  last_arrival_ = std::max(last_arrival_, world_.now());
  world_.At(last_arrival_, [this] {
    arrived_ = bytes_.size();
    end_arrived_ = true;
    readable_();
  });
  world_.After(0, writable_);
}

void Pipe::Arrive(std::uint64_t whole) {
  if (whole <= arrived_in_all_) {
    return;
  }
  const auto count = static_cast<std::size_t>(whole - arrived_in_all_);
  arrived_in_all_ = whole;
  const std::size_t before = arrived_;
  arrived_ = std::min(bytes_.size(), arrived_ + count);
  if (arrived_ > before) {
    readable_();
  }
}

SimulatedLink::SimulatedLink(World& world, Pipe& in, Pipe& out, int loop)
    : world_(world), in_(in), out_(out), loop_(loop), credentials_{1, ::geteuid(), 0} {}

Transfer SimulatedLink::Read(char* data, std::size_t size) {
  world_.Check(!reading_, "a link is read twice at a time");
  if (closed_) {
    return {Transfer::State::kFailed, 0, EBADF};
  }
  reading_ = true;
  world_.Interleave(loop_);
  const Transfer transfer = in_.Read(data, size);
  reading_ = false;
  return transfer;
}

Transfer SimulatedLink::Write(const char* data, std::size_t size) {
  world_.Check(!writing_ && !closed_, "a link is written twice at a time, or after its close");
  writing_ = true;
  world_.Interleave(loop_);
  const Transfer transfer = out_.Write(data, size);
  world_.Interleave(loop_);
  writing_ = false;
  return transfer;
}

void SimulatedLink::ShutdownWrite() {
  world_.Check(!closed_, "a link is shut after its close");
  out_.End();
}

void SimulatedLink::ShutdownBoth() {
  out_.End();
  in_.Abandon();
}

void SimulatedLink::Close() {
  if (!closed_) {
    closed_ = true;
    if (in_.Abandon()) {
      out_.ResetByPeer();
    }
    out_.End();
  }
}

}  // namespace parley::simulation
