#include "echo_client.h"

#include <condition_variable>
#include <mutex>
#include <vector>

namespace bench {
namespace {

/// Counts down to zero, and lets one thread wait for that.
class Countdown {
 public:
  explicit Countdown(std::size_t count) : count_(count) {}

  void Down() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (--count_ == 0) zero_.notify_all();
  }

  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    zero_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  std::size_t count_;
};

struct Slot {
  std::unique_ptr<Call> call;
  std::uint64_t answered = 0;
};

}  // namespace

std::unique_ptr<Call> EchoClient::NewCall(std::function<void()>) { throw Unsupported(); }

std::uint64_t EchoClient::Callbacks(Clock::duration duration, std::size_t in_flight) {
  Countdown open(in_flight);
  std::vector<Slot> slots(in_flight);
  const auto end = Clock::now() + duration;
  for (Slot& slot : slots) {
    slot.call = NewCall([&slot, &open, end] {
      ++slot.answered;
      if (Clock::now() < end) {
        slot.call->Start();
      } else {
        open.Down();
      }
    });
  }
  for (Slot& slot : slots) slot.call->Start();
  open.Wait();
  std::uint64_t answered = 0;
  for (const Slot& slot : slots) answered += slot.answered;
  return answered;
}

}  // namespace bench
