#include "lifecycle.h"

#include <future>
#include <utility>

#include "parley/rpc/log_sink.h"

namespace parley {

LifecycleListener::~LifecycleListener() = default;
void LifecycleListener::Started() {}
void LifecycleListener::Connected(Peer&) {}
void LifecycleListener::Disconnected(Peer&, const Status&, bool) {}
void LifecycleListener::Failed(const std::exception&) {}
void LifecycleListener::Stopped() {}

void Lifecycle::Tell(Event event) { Add({std::move(event), nullptr}); }

void Lifecycle::TellAndWait(Event event) {
  if (listeners_.empty()) {
    return;
  }
  std::promise<void> told;
  Add({std::move(event), &told});
  told.get_future().wait();
}

void Lifecycle::Add(Waiting waiting) {
  if (listeners_.empty()) {
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(std::move(waiting));
    if (running_) {
      return;
    }
    running_ = true;
  }
  chores_->Submit([self = shared_from_this()] { self->Run(); });
}

void Lifecycle::Run() {
  for (;;) {
    Waiting next;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (waiting_.empty()) {
        running_ = false;
        return;
      }
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    for (const std::shared_ptr<LifecycleListener>& listener : listeners_) {
      try {
        next.event(*listener);
      } catch (const std::exception& failure) {
        LogSink::Write(std::string("a lifecycle listener threw: ") + failure.what());
      } catch (...) {
        LogSink::Write("a lifecycle listener threw what is no std::exception");
      }
    }
    if (next.told != nullptr) {
      next.told->set_value();
    }
  }
}

}  // namespace parley
