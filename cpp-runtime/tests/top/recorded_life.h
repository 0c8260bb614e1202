#ifndef PARLEY_TESTS_TOP_RECORDED_LIFE_H_
#define PARLEY_TESTS_TOP_RECORDED_LIFE_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "parley/parley.h"

namespace parley {

/// Remembers what a lifecycle listener is told, and lets a test wait for it.
class RecordedLife final : public LifecycleListener {
 public:
  /// What was told so far, failures without their texts.
  std::vector<std::string> events() {
    std::lock_guard<std::mutex> lock(mutex_);
    return events_;
  }

  /// Waits until `event` was told so many times.
  void Await(const std::string& event, std::ptrdiff_t times) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return std::count(events_.begin(), events_.end(), event) >= times; });
  }

  void Started() override { Add("started"); }
  void Connected(Peer&) override { Add("connected"); }
  void Disconnected(Peer&, const Status&, bool will_retry) override {
    Add(will_retry ? "disconnected, will retry" : "disconnected");
  }
  void Failed(const std::exception&) override { Add("failed"); }
  void Stopped() override { Add("stopped"); }

 private:
  void Add(const std::string& event) {
    std::lock_guard<std::mutex> lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> events_;
};

}  // namespace parley

#endif  // PARLEY_TESTS_TOP_RECORDED_LIFE_H_
