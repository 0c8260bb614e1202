#include "rpc/local_subscription.h"

#include <utility>

#include "rpc/publication.h"
#include "rpc/services.h"

namespace parley {

Status ClosedSubscription() { return Status(Code::kCancelled, "the subscription was closed"); }

void RunSubscriber(const std::string& topic, const std::function<void()>& part) {
  try {
    part();
  } catch (const std::exception& failure) {
    ReportHandlerFailure("the subscriber to " + topic, failure.what());
  } catch (...) {
    ReportHandlerFailure("the subscriber to " + topic, "something that is no std::exception");
  }
}

LocalSubscription::LocalSubscription(std::string name, Subscriber<std::string_view> subscriber,
                                     std::shared_ptr<TaskRunner> workers)
    : name_(std::move(name)),
      subscriber_(std::move(subscriber)),
      workers_(std::move(workers)),
      ended_(end_promise_.get_future().share()) {
  std::promise<void> held;
  held.set_value();
  held_ = held.get_future().share();
}

void LocalSubscription::Joined(std::function<void()> leave) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!end_.has_value()) {
      leave_ = std::move(leave);
      return;
    }
  }
  leave();
}

void LocalSubscription::Take(const TopicBase::Bytes& message, const std::string& publisher,
                             const TopicOptions& options) {
  bool too_slow = false;
  bool start = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (end_.has_value()) {
      return;
    }
    too_slow = !backlog_.Add(message, publisher, options);
    start = !too_slow && !running_;
    running_ = running_ || start;
  }
  if (start && !workers_->Submit([self = shared_from_this()] { self->Run(); }).has_value()) {
    std::lock_guard<std::mutex> lock(mutex_);
    running_ = false;  // As many handlers run as may: the next publication tries again.
  }
  if (too_slow) {
    End(Status(Code::kResourceExhausted,
               "T-3: more waits for this subscriber to " + name_ + " than may"));
  }
}

void LocalSubscription::Run() {
  for (auto next = Next(); next.has_value(); next = Next()) {
    RunSubscriber(name_, [this, &next] {
      const std::optional<Publication> publication = Publication::Decode(*next->message);
      if (publication.has_value()) {
        subscriber_.handle(publication->payload, {name_, next->publisher, next->missed});
      }
    });
  }
}

std::optional<Backlog::Waiting> LocalSubscription::Next() {
  std::optional<Status> over;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!end_.has_value()) {
      if (std::optional<Backlog::Waiting> next = backlog_.Take()) {
        return next;
      }
    }
    over = end_;
    running_ = false;
  }
  if (over.has_value()) {
    end_promise_.set_value(*over);
  }
  return std::nullopt;
}

void LocalSubscription::End(const Status& why) {
  const std::shared_ptr<LocalSubscription> self = shared_from_this();
  std::function<void()> leave;
  bool now = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (end_.has_value()) {
      return;
    }
    end_ = why;
    leave.swap(leave_);
    now = !running_;
  }
  if (leave) {
    leave();
  }
  if (now) {
    end_promise_.set_value(why);
  }
}

void LocalSubscription::Close() { End(ClosedSubscription()); }

}  // namespace parley
