#include "connection/borrowed_threads.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace parley {
namespace {

// How long a task waits, in nanoseconds, before what is not known is taken to sleep.
constexpr std::int64_t kLongPatience = 500'000'000;

}  // namespace

std::shared_ptr<BorrowedThreads> BorrowedThreads::Of(const Executor& executor) {
  static std::mutex mutex;
  static std::map<const Executor*, std::weak_ptr<BorrowedThreads>> all;
  std::lock_guard<std::mutex> lock(mutex);
  for (auto each = all.begin(); each != all.end();) {
    each = each->second.expired() ? all.erase(each) : std::next(each);
  }
  std::weak_ptr<BorrowedThreads>& known = all[&executor];
  std::shared_ptr<BorrowedThreads> threads = known.lock();
  if (threads == nullptr) {
    threads = std::make_shared<BorrowedThreads>();
    known = threads;
  }
  return threads;
}

void BorrowedThreads::Taken() {
  std::lock_guard<std::mutex> lock(mutex_);
  ++active_;
}

BorrowedThreads::Place BorrowedThreads::Begun() {
  std::lock_guard<std::mutex> lock(mutex_);
  return running_.insert(running_.end(), ThreadRest::OfThisThread());
}

void BorrowedThreads::Ended(Place place) {
  std::lock_guard<std::mutex> lock(mutex_);
  running_.erase(place);
  --active_;
}

bool BorrowedThreads::AllSleep(std::int64_t waited) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (active_ == 0) {
    return waited >= kLongPatience;
  }
  // One that is about to run is not in the list, and does not sleep.
  return running_.size() == active_ &&
         std::all_of(running_.begin(), running_.end(), [waited](const ThreadRest& thread) {
           return thread.Sleeps().value_or(waited >= kLongPatience);
         });
}

}  // namespace parley
