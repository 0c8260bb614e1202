#ifndef CONFORMANCE_ERRANDS_H_
#define CONFORMANCE_ERRANDS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace conformance {

/// A thread of its own that does one blocking thing after the other. Safe for use by many threads.
class Errands {
 public:
  Errands() : thread_([this] { Run(); }) {}
  /// Waits until all is done.
  ~Errands() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      over_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }
  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  /// Does that behind what it was told before.
  void Then(std::function<void()> errand) {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(std::move(errand));
    changed_.notify_all();
  }

  bool IsBusy() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return working_ || !waiting_.empty();
  }

 private:
  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
      if (waiting_.empty()) {
        return;
      }
      const std::function<void()> errand = std::move(waiting_.front());
      waiting_.pop_front();
      working_ = true;
      lock.unlock();
      errand();
      lock.lock();
      working_ = false;
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool working_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace conformance

#endif  // CONFORMANCE_ERRANDS_H_
