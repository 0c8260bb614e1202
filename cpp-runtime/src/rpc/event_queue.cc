#include "rpc/event_queue.h"

#include <exception>
#include <new>
#include <utility>

#include "connection/fault.h"
#include "parley/rpc/log_sink.h"
#include "parley/wire/wire_log.h"
#include "rpc/connected_peer.h"
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

void EventQueue::Push(const std::shared_ptr<ConnectedPeer>& peer, const Envelope& event) {
  const std::shared_ptr<const EventDefinition> definition = services_->Event(event.name);
  if (definition == nullptr) {
    Drop(*peer, event.name, event.payload.size(), "W-3: nobody handles it here");
    return;
  }
  std::string fault;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (bytes_ > 0 && bytes_ + event.payload.size() + kCost > kRoom) {
      fault = "W-6: " + std::to_string(bytes_) + " bytes of events wait for their handlers";
    } else {
      bytes_ += event.payload.size() + kCost;
      waiting_.push_back({definition, std::string(event.payload), ToMetadata(event.metadata)});
      if (!delivering_) {
        const auto deliver = [self = shared_from_this(), peer] { self->Deliver(peer); };
        delivering_ = services_->workers().Submit(deliver).has_value();
        if (!delivering_) {
          // Nothing else can wait where nobody delivers.
          waiting_.clear();
          bytes_ = 0;
          fault = "C-5: as many handlers run as this side allows";
        }
      }
    }
  }
  if (!fault.empty()) {
    Drop(*peer, event.name, event.payload.size(), fault);
  }
}

void EventQueue::Drop(ConnectedPeer& peer, std::string_view name, std::size_t payload,
                      const std::string& why) {
  peer.connection().EventConsumed(payload);
  std::uint64_t dropped = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    dropped = ++dropped_;
  }
  if ((dropped & (dropped - 1)) == 0) {
    LogSink::Write("event " + Printable(name) + " of " + Printable(peer.name()) + " dropped, " +
                   std::to_string(dropped) + " so far; " + why);
  }
}

void EventQueue::Deliver(const std::shared_ptr<ConnectedPeer>& peer) {
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
    } catch (const std::bad_alloc&) {
      const std::string id = ReportHandlerFailure(event.definition->name, "out of memory");
      peer->connection().CloseNow(Fault(wire_code::kInternal, "out of memory, error " + id));
    } catch (const std::exception& failure) {
      ReportHandlerFailure(event.definition->name, failure.what());
    } catch (...) {
      ReportHandlerFailure(event.definition->name, "something that is no std::exception");
    }
    {
      // Counted until its handler returned: a handler that never does holds the bound.
      std::lock_guard<std::mutex> lock(mutex_);
      bytes_ -= event.payload.size() + kCost;
    }
    if (readable) {
      peer->connection().EventConsumed(event.payload.size());
    } else {
      Drop(*peer, event.definition->name, event.payload.size(),
           "C-10: its " + std::to_string(event.payload.size()) + " bytes do not parse");
    }
  }
}

std::uint64_t EventQueue::dropped() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return dropped_;
}

}  // namespace parley
