#include "connection/loop.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "connection/fault.h"
#include "parley/transport/transport_error.h"

namespace parley {
namespace {

// How often connections are looked at that others read.
constexpr std::int64_t kTick = 1'000'000;
// While one connection is polled, the others have their turn as often.
constexpr std::int64_t kOthersTurn = 100'000;

}  // namespace

/// The place of one connection.
class Loop::HeldSeat final : public Seat {
 public:
  HeldSeat(std::shared_ptr<Loop> loop, std::weak_ptr<Connection> connection, int descriptor,
           std::uint64_t token)
      : loop_(std::move(loop)),
        connection_(std::move(connection)),
        descriptor_(descriptor),
        token_(token) {}

  void AwaitReadable(bool wanted) override { Await(Interest::kRead, wanted); }
  void AwaitWritable(bool wanted) override { Await(Interest::kWrite, wanted); }

  void Tick() override {
    loop_->Run([loop = loop_.get(), held = connection_] {
      if (const std::shared_ptr<Connection> connection = held.lock()) {
        if (loop->ticked_.empty()) {
          loop->tick_at_ = loop->Now() + kTick;
        }
        loop->ticked_.push_back(connection);
      }
    });
  }

  void Run(std::function<void()> task) override { loop_->Run(std::move(task)); }
  bool Post(const std::shared_ptr<Job>& job) override { return loop_->Post(job); }
  bool FlushLater(Connection& connection) override { return loop_->FlushLater(connection); }
  void ComeAgain(Connection& connection) override {
    loop_->again_.push_back(connection.shared_from_this());
  }
  bool IsInJobHere() const override { return loop_->IsInJobHere(); }

  void Vacate() override {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!vacant_) {
      vacant_ = true;
      loop_->poller_.Remove(descriptor_);
      loop_->entries_.erase(token_);
    }
  }

 private:
  void Await(Interest bit, bool wanted) {
    // The lock keeps a descriptor that was closed, and perhaps opened anew by somebody else, from
    // being changed here.
    std::lock_guard<std::mutex> lock(mutex_);
    const unsigned before = static_cast<unsigned>(interest_);
    const unsigned one = static_cast<unsigned>(bit);
    const auto interest = static_cast<Interest>(wanted ? before | one : before & ~one);
    if (!vacant_ && interest != interest_) {
      loop_->poller_.Change(descriptor_, token_, interest);
      interest_ = interest;
    }
  }

  const std::shared_ptr<Loop> loop_;
  const std::weak_ptr<Connection> connection_;
  const int descriptor_;
  const std::uint64_t token_;

  std::mutex mutex_;
  bool vacant_ = false;
  Interest interest_ = Interest::kNone;
};

void Loop::Hold(const std::shared_ptr<Connection>& connection, int descriptor) {
  const auto begin = [this, connection, descriptor] {
    const std::uint64_t token = ++last_token_;
    auto seat = std::make_unique<HeldSeat>(shared_from_this(), connection, descriptor, token);
    try {
      Add(token, {descriptor, connection, nullptr}, Interest::kNone);
    } catch (const TransportError& error) {
      // Out of memory for one more descriptor: nothing would ever wake it.
      seat->Vacate();
      connection->Begin(std::move(seat));
      connection->Abort(Fault(wire_code::kUnavailable, error.what()));
      return;
    }
    connection->Begin(std::move(seat));
  };
  if (IsLedHere()) {
    begin();
  } else {
    Run(begin);
  }
}

void Loop::Add(std::uint64_t token, Entry entry, Interest interest) {
  poller_.Add(entry.descriptor, token, interest);
  entries_[token] = std::move(entry);
}

std::uint64_t Loop::Watch(int descriptor, std::function<void()> ready) {
  const std::uint64_t token = ++last_token_;
  Add(token, {descriptor, nullptr, std::make_shared<const std::function<void()>>(std::move(ready))},
      Interest::kRead);
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

void Loop::Rouse() {
  // Whoever falls asleep says so before it looks for what was left for it.
  if (asleep_.load()) {
    poller_.Wakeup();
  }
}

void Loop::Run(std::function<void()> task) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      return;
    }
    tasks_.push_back(std::move(task));
    has_tasks_.store(true);
  }
  Rouse();
}

Timers::Ticket Loop::At(std::int64_t when, std::function<void()> task) {
  bool first = false;
  const Ticket ticket = timers_.Add(when, std::move(task), &first);
  if (first) {
    Rouse();
  }
  return ticket;
}

void Loop::RunTasks() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    tasks.swap(tasks_);
    has_tasks_.store(false);
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
}

bool Loop::RunTimers() {
  const std::int64_t due = timers_.NextTime();
  if (due == TimerQueue::kNever || due > Now()) {
    return false;
  }
  // What has come while this process did not run counts before a time that has passed.
  Dispatch(std::chrono::nanoseconds(0));
  try {
    timers_.RunDue(Now());
  } catch (const std::bad_alloc&) {
    // The task is gone; the rest is still due.
  }
  return true;
}

void Loop::TickAll() {
  if (ticked_.empty() || Now() < tick_at_) {
    return;
  }
  std::vector<std::shared_ptr<Connection>> ticked;
  ticked.swap(ticked_);
  for (std::shared_ptr<Connection>& connection : ticked) {
    if (connection->Tick()) {
      ticked_.push_back(std::move(connection));
    }
  }
  tick_at_ = Now() + kTick;
}

bool Loop::PollBusily() {
  while (polls_) {
    if (HasNews()) {
      return true;
    }
    const std::int64_t before = Now();
    if (timers_.NextTime() <= before || (!ticked_.empty() && tick_at_ <= before)) {
      return true;
    }
    if (active_ == nullptr || before - dispatched_at_ > kOthersTurn) {
      if (Dispatch(std::chrono::nanoseconds(0)) > 0) {
        return true;
      }
    }
    if (active_ != nullptr) {
      switch (active_->Look()) {
        case Connection::Seen::kSomething:
          poll_.Found(before);
          return true;
        case Connection::Seen::kOthersRead:
          active_.reset();
          poll_.Leave();
          polls_ = false;
          return false;
        case Connection::Seen::kNothing:
          break;
      }
    }
    looked_at_ = 0;
    polls_ = poll_.Pause(before);
  }
  active_.reset();
  return false;
}

void Loop::Sleep() {
  for (const std::shared_ptr<Connection>& connection : warm_) {
    connection->Cool();
  }
  warm_.clear();
  looked_at_ = 0;
  asleep_.store(true);
  std::chrono::nanoseconds timeout = Poller::kForever;
  std::int64_t next = timers_.NextTime();
  if (!ticked_.empty()) {
    next = std::min(next, tick_at_);
  }
  if (HasNews()) {
    timeout = std::chrono::nanoseconds(0);
  } else if (next != TimerQueue::kNever) {
    timeout = std::chrono::nanoseconds(std::max<std::int64_t>(0, next - Now()));
  }
  if (Dispatch(timeout) > 0) {
    polls_ = poll_.Begin(dispatched_at_, poll_bound_);
  }
}

std::size_t Loop::Dispatch(std::chrono::nanoseconds timeout) {
  constexpr std::size_t kReady = 64;
  Ready ready[kReady];
  const std::size_t count = poller_.Wait(ready, kReady, timeout);
  asleep_.store(false);
  dispatched_at_ = Now();
  if (count > 0) {
    active_.reset();
    poll_bound_ = 0;
  }
  bool others_read = false;
  for (std::size_t i = 0; i < count; ++i) {
    const auto found = entries_.find(ready[i].token);
    if (found == entries_.end()) {
      continue;
    }
    // Held, since the entry may go meanwhile.
    const Entry entry = found->second;
    if (entry.connection == nullptr) {
      (*entry.ready)();
      continue;
    }
    poll_bound_ = std::max(poll_bound_, entry.connection->busy_poll());
    if (entry.connection->Warm()) {
      warm_.push_back(entry.connection);
    }
    others_read |= entry.connection->Ready(ready[i].readable, ready[i].writable) ==
                   Connection::Seen::kOthersRead;
    if (count == 1) {
      active_ = entry.connection;
    }
  }
  if (others_read) {
    // The caller that has the role has not yet said that it reads, or not yet given it up. It may
    // need this core for that.
    std::this_thread::yield();
  }
  return count;
}

}  // namespace parley
