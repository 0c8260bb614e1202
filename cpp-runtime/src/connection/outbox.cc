#include "connection/outbox.h"

#include <algorithm>
#include <thread>

#include "parley/connection/wire_log_sink.h"
#include "parley/wire/limits.h"

namespace parley {
namespace {

// Memory that an idle outbox keeps.
constexpr std::size_t kKeep = 64u << 10;

}  // namespace

bool Outbox::Append(const Envelope& head, const OutgoingMessage& message) {
  if (sealed_) {
    return true;
  }
  const std::size_t head_size = HeadSize(head, message.size);
  const std::size_t before = filling_.size();
  char* place = filling_.Grow(head_size + message.size);
  char* payload = WriteHead(head, message.size, place);
  if (!message.WriteTo(payload)) {
    filling_.Shrink(before);
    return false;
  }
  appended_ += head_size + message.size;
  has_work_.store(true, std::memory_order_relaxed);
  filled_.store(filling_.size(), std::memory_order_relaxed);
  if (WireLogSink::IsOn()) {
    Envelope logged = head;
    logged.payload = std::string_view(payload, message.size);
    WireLogSink::Write(WireLogLine(Direction::kOut, peer_, logged,
                                   head_size + message.size - limits::kFrameLength));
  }
  return true;
}

void Outbox::Withdraw(const Turn* turn) {
  const auto place =
      std::find_if(turns_.begin(), turns_.end(),
                   [turn](const std::shared_ptr<Turn>& waiting) { return waiting.get() == turn; });
  if (place != turns_.end()) {
    turns_.erase(place);
  }
}

void Outbox::Forget() {
  // What waits may hold calls, and these the connection: it goes outside the lock.
  std::deque<std::shared_ptr<Turn>> dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  dropped.swap(turns_);
}

void Outbox::RunLater() {
  while (has_later_.load()) {
    std::vector<std::function<void()>> tasks;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (runs_later_) {
        // Whoever does, looks again; so tasks that lead to tasks never pile up a stack.
        return;
      }
      runs_later_ = true;
      tasks.swap(later_);
      has_later_.store(false);
    }
    for (const std::function<void()>& task : tasks) {
      task();
    }
    std::lock_guard<std::mutex> lock(mutex_);
    runs_later_ = false;
  }
}

bool Outbox::TakeBatch() {
  if (pong_.has_value()) {
    Envelope pong;
    pong.type = FrameType::kPong;
    pong.id = *pong_;
    pong_.reset();
    Append(pong);
  }
  while (filling_.size() < kTurns && !turns_.empty()) {
    const std::shared_ptr<Turn> next = std::move(turns_.front());
    turns_.pop_front();
    if (next->Stage()) {
      turns_.push_back(next);
    }
  }
  if (filling_.empty()) {
    has_work_.store(false);
    return false;
  }
  writing_.Clear(kKeep);
  writing_.Swap(filling_);
  filled_.store(0, std::memory_order_relaxed);
  written_ = 0;
  return true;
}

Outbox::Flushed Outbox::Flush() {
  Role free = Role::kFree;
  if (!role_.compare_exchange_strong(free, Role::kHeld)) {
    return Flushed::kDone;
  }
  return WriteAll();
}

Outbox::Flushed Outbox::Resume() {
  Role blocked = Role::kBlocked;
  if (!role_.compare_exchange_strong(blocked, Role::kHeld)) {
    return Flush();
  }
  return WriteAll();
}

Outbox::Flushed Outbox::WriteAll() {
  std::unique_lock<std::mutex> lock(mutex_);
  try {
    for (;;) {
      std::size_t left = writing_.size() - written_;
      if (!broken_ && left == 0) {
        if (!TakeBatch()) {
          writing_.Clear(kKeep);
          written_ = 0;
          // Under the lock: whoever has appended before was just looked for, and whoever does so
          // behind this finds the role free.
          role_.store(Role::kFree);
          return Flushed::kDone;
        }
        left = writing_.size();
      }
      if (broken_) {
        role_.store(Role::kFree);
        return Flushed::kBroken;
      }
      given_ = taken_ + left;
      lock.unlock();
      const Transfer transfer = link_.Write(writing_.data() + written_, left);
      lock.lock();
      if (transfer.state == Transfer::State::kDone) {
        written_ += transfer.count;
        taken_ += transfer.count;
      }
      given_ = taken_;
      if (transfer.state == Transfer::State::kWouldBlock) {
        // Not kFree: the role stays taken until the loop resumes. The caller arms the loop only
        // after this, so no readiness is lost: the poller is level-triggered.
        role_.store(Role::kBlocked);
        return Flushed::kBlocked;
      }
      broken_ = broken_ || transfer.state != Transfer::State::kDone;
    }
  } catch (...) {
    role_.store(Role::kFree);
    throw;
  }
}

Outbox::Flushed Outbox::Rest() {
  Role free = Role::kFree;
  if (!role_.compare_exchange_strong(free, Role::kHeld)) {
    return Flushed::kDone;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (IsEmpty()) {
      writing_.Clear(0);
      spare_.Forget();
      filling_.Clear(0);
      written_ = 0;
      role_.store(Role::kFree);
      return Flushed::kDone;
    }
  }
  // Somebody has left its bytes to whoever has the role.
  return WriteAll();
}

void Outbox::Retire() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    broken_ = true;
  }
  for (;;) {
    Role role = role_.load();
    if (role == Role::kRetired) {
      return;
    }
    if (role != Role::kHeld && role_.compare_exchange_strong(role, Role::kRetired)) {
      return;
    }
    std::this_thread::yield();
  }
}

}  // namespace parley
