#include "parley/rpc/topic.h"

#include <algorithm>
#include <stdexcept>

#include "parley/rpc/follower.h"
#include "parley/rpc/subscription.h"
#include "parley/rpc/topics.h"

namespace parley {

Follower::~Follower() = default;
Topics::~Topics() = default;
Subscription::Body::~Body() = default;
TopicBase::Outflow::~Outflow() = default;
TopicBase::~TopicBase() = default;

Subscription& Subscription::operator=(Subscription&& that) noexcept {
  if (this != &that) {
    Close();
    body_ = std::move(that.body_);
  }
  return *this;
}

TopicBase::TopicBase(TopicOptions options)
    : options_(std::move(options)), all_(std::make_shared<const All>()) {
  if (options_.bound == 0) {
    throw std::invalid_argument("T-3: a bound of 0 bytes");
  }
}

std::shared_ptr<const TopicBase::All> TopicBase::all() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return all_;
}

std::size_t TopicBase::subscribers() const { return all()->size(); }

void TopicBase::Add(std::shared_ptr<Outflow> outflow, std::shared_ptr<const void> request) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto changed = std::make_shared<All>(*all_);
  changed->push_back({std::move(outflow), std::move(request)});
  all_ = std::move(changed);
}

void TopicBase::Remove(const Outflow* outflow) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto changed = std::make_shared<All>(*all_);
  changed->erase(
      std::remove_if(changed->begin(), changed->end(),
                     [outflow](const Subscribed& one) { return one.outflow.get() == outflow; }),
      changed->end());
  // What goes may be the last to hold its outflow, whose end must not come under the lock; whoever
  // removes it holds it, too.
  all_ = std::move(changed);
}

void TopicBase::PublishBytes(const Bytes& message, const std::string& publisher,
                             const std::function<bool(const void* request)>& to) const {
  const std::shared_ptr<const All> now = all();
  for (const Subscribed& one : *now) {
    if (to(one.request.get())) {
      one.outflow->Take(message, publisher, options_);
    }
  }
}

}  // namespace parley
