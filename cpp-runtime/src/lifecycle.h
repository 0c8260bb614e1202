#ifndef PARLEY_LIFECYCLE_H_
#define PARLEY_LIFECYCLE_H_

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "connection/workers.h"
#include "parley/lifecycle_listener.h"

namespace parley {

/// Tells the listeners of one client or server, one event at a time, on its chores. Safe for use by
/// many threads; telling never blocks and runs no user code.
class Lifecycle : public std::enable_shared_from_this<Lifecycle> {
 public:
  using Event = std::function<void(LifecycleListener&)>;

  Lifecycle(std::vector<std::shared_ptr<LifecycleListener>> listeners,
            std::shared_ptr<Workers> chores)
      : listeners_(std::move(listeners)), chores_(std::move(chores)) {}

  void Tell(Event event);

  /// The same, and returns when it has been told; for one who tells what others have told it.
  void TellAndWait(Event event);

 private:
  struct Waiting {
    Event event;
    /// Null: nobody waits for it.
    std::promise<void>* told = nullptr;
  };

  void Add(Waiting waiting);
  void Run();

  const std::vector<std::shared_ptr<LifecycleListener>> listeners_;
  const std::shared_ptr<Workers> chores_;

  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  bool running_ = false;
};

}  // namespace parley

#endif  // PARLEY_LIFECYCLE_H_
