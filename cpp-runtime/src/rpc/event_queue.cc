#include "rpc/event_queue.h"

#include <exception>
#include <utility>

#include "rpc/conversions.h"

namespace parley {
namespace {

class Context final : public EventContext {
 public:
  Context(Peer& peer, const std::string& name, const Metadata& metadata)
      : peer_(peer), name_(name), metadata_(metadata) {}

  Peer& peer() override { return peer_; }
  std::string_view name() const override { return name_; }
  const Metadata& metadata() const override { return metadata_; }

 private:
  Peer& peer_;
  const std::string& name_;
  const Metadata& metadata_;
};

}  // namespace

void EventQueue::Push(const std::shared_ptr<Peer>& peer, const Envelope& event) {
  const EventDefinition* definition = services_->Event(event.name);
  std::lock_guard<std::mutex> lock(mutex_);
  if (definition == nullptr ||
      (bytes_ > 0 && bytes_ + event.payload.size() + kCost > limits::kDefaultWindow)) {
    ++dropped_;
    return;
  }
  bytes_ += event.payload.size() + kCost;
  waiting_.push_back({definition, std::string(event.payload), ToMetadata(event.metadata)});
  if (delivering_) {
    return;
  }
  const auto deliver = [self = shared_from_this(), peer] { self->Deliver(peer); };
  if (services_->workers().Submit(deliver).has_value()) {
    delivering_ = true;
  } else {
    dropped_ += waiting_.size();
    waiting_.clear();
    bytes_ = 0;
  }
}

void EventQueue::Deliver(const std::shared_ptr<Peer>& peer) {
  for (;;) {
    Waiting event;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (waiting_.empty()) {
        delivering_ = false;
        return;
      }
      event = std::move(waiting_.front());
      waiting_.pop_front();
    }
    bool readable = true;
    try {
      Context context(*peer, event.definition->name, event.metadata);
      readable = event.definition->take(event.payload, context);
    } catch (const std::exception& failure) {
      ReportHandlerFailure(event.definition->name, failure.what());
    } catch (...) {
      ReportHandlerFailure(event.definition->name, "something that is no std::exception");
    }
    std::lock_guard<std::mutex> lock(mutex_);
    // Counted until its handler returned: a handler that never does holds the bound.
    bytes_ -= event.payload.size() + kCost;
    if (!readable) {
      ++dropped_;
    }
  }
}

std::uint64_t EventQueue::dropped() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return dropped_;
}

}  // namespace parley
