#include "connection/loop.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "connection/fault.h"
#include "parley/transport/transport_error.h"

namespace parley {

/// The place of one connection.
class Loop::HeldSeat final : public Seat {
 public:
  HeldSeat(std::shared_ptr<Loop> loop, int descriptor, std::uint64_t token)
      : loop_(std::move(loop)), descriptor_(descriptor), token_(token) {}

  void Await(Interest interest) override {
    // The lock keeps a descriptor that was closed, and perhaps opened anew by somebody else, from
    // being changed here.
    std::lock_guard<std::mutex> lock(mutex_);
    if (!vacant_ && interest != interest_) {
      loop_->poller_.Change(descriptor_, token_, interest);
      interest_ = interest;
    }
  }

  void Run(std::function<void()> task) override { loop_->Run(std::move(task)); }

  void Vacate() override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!vacant_) {
      vacant_ = true;
      loop_->poller_.Remove(descriptor_);
      loop_->entries_.erase(token_);
    }
  }

 private:
  const std::shared_ptr<Loop> loop_;
  const int descriptor_;
  const std::uint64_t token_;

  std::mutex mutex_;
  bool vacant_ = false;
  Interest interest_ = Interest::kNone;
};

std::shared_ptr<Loop> Loop::Start() {
  std::shared_ptr<Loop> loop(new Loop());
  // Tasks may ask whether they run on the loop's thread, so it must not run before it is known.
  std::lock_guard<std::mutex> lock(loop->mutex_);
  loop->thread_ = std::thread([raw = loop.get()] {
    { std::lock_guard<std::mutex> started(raw->mutex_); }
    raw->Turn();
  });
  return loop;
}

Loop::~Loop() {
  if (thread_.joinable()) {
    Stop();
  }
}

void Loop::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      return;
    }
    stopped_ = true;
  }
  stopping_ = true;
  poller_.Wakeup();
  thread_.join();
  entries_.clear();
  RunTasks();
}

void Loop::Hold(const std::shared_ptr<Connection>& connection, int descriptor) {
  const auto begin = [this, connection, descriptor] {
    const std::uint64_t token = ++last_token_;
    auto seat = std::make_unique<HeldSeat>(shared_from_this(), descriptor, token);
    try {
      Add(token, descriptor, Interest::kNone,
          [connection](bool readable, bool writable) { connection->Ready(readable, writable); });
    } catch (const TransportError& error) {
      // Out of memory for one more descriptor: nothing would ever wake it.
      seat->Vacate();
      connection->Begin(std::move(seat));
      connection->Abort(Fault(wire_code::kUnavailable, error.what()));
      return;
    }
    connection->Begin(std::move(seat));
  };
  if (IsCurrent()) {
    begin();
  } else {
    Run(begin);
  }
}

void Loop::Add(std::uint64_t token, int descriptor, Interest interest, Handler handler) {
  poller_.Add(descriptor, token, interest);
  entries_[token] = {descriptor, std::make_shared<const Handler>(std::move(handler))};
}

std::uint64_t Loop::Watch(int descriptor, std::function<void()> ready) {
  const std::uint64_t token = ++last_token_;
  Add(token, descriptor, Interest::kRead, [ready = std::move(ready)](bool, bool) { ready(); });
  return token;
}

void Loop::Pause(std::uint64_t watch, bool paused) {
  const auto entry = entries_.find(watch);
  if (entry != entries_.end()) {
    poller_.Change(entry->second.descriptor, watch, paused ? Interest::kNone : Interest::kRead);
  }
}

void Loop::Forget(std::uint64_t watch) {
  const auto entry = entries_.find(watch);
  if (entry != entries_.end()) {
    poller_.Remove(entry->second.descriptor);
    entries_.erase(entry);
  }
}

void Loop::Run(std::function<void()> task) {
  bool first = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      return;
    }
    first = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  if (first && !IsCurrent()) {
    poller_.Wakeup();
  }
}

Timers::Ticket Loop::At(std::int64_t when, std::function<void()> task) {
  bool first = false;
  const Ticket ticket = timers_.Add(when, std::move(task), &first);
  if (first && !IsCurrent()) {
    poller_.Wakeup();
  }
  return ticket;
}

bool Loop::RunTasks() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    tasks.swap(tasks_);
  }
  if (!stopping_) {
    for (const auto& task : tasks) {
      try {
        task();
      } catch (const std::bad_alloc&) {
        // One connection's task must not end the others.
      }
    }
  }
  return !tasks.empty();
}

void Loop::Turn() {
  while (!stopping_) {
    const std::optional<std::int64_t> due = timers_.Next();
    if (due.has_value() && *due <= Now()) {
      // What has come while this process did not run counts before a time that has passed.
      Dispatch(std::chrono::nanoseconds(0));
      try {
        timers_.RunDue(Now());
      } catch (const std::bad_alloc&) {
        // The task is gone; the rest is still due.
        continue;
      }
    }
    // After the timers, since what is due may leave a task behind.
    const bool ran = RunTasks();
    std::chrono::nanoseconds timeout = Poller::kForever;
    const std::optional<std::int64_t> next = timers_.Next();
    if (ran) {
      // A task may have left another one behind.
      timeout = std::chrono::nanoseconds(0);
    } else if (next.has_value()) {
      timeout = std::chrono::nanoseconds(std::max<std::int64_t>(0, *next - Now()));
    }
    Dispatch(timeout);
  }
}

void Loop::Dispatch(std::chrono::nanoseconds timeout) {
  constexpr std::size_t kReady = 64;
  Ready ready[kReady];
  const std::size_t count = poller_.Wait(ready, kReady, timeout);
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = entries_.find(ready[i].token);
    if (entry != entries_.end()) {
      const std::shared_ptr<const Handler> handler = entry->second.handler;
      (*handler)(ready[i].readable, ready[i].writable);
    }
  }
}

}  // namespace parley
