#ifndef PARLEY_RPC_LOCAL_SUBSCRIPTION_H_
#define PARLEY_RPC_LOCAL_SUBSCRIPTION_H_

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "connection/workers.h"
#include "parley/rpc/subscriber.h"
#include "parley/rpc/subscription.h"
#include "parley/rpc/topic.h"
#include "rpc/backlog.h"

namespace parley {

/// A subscription of this program to a topic that it keeps itself. Safe for use by many threads.
class LocalSubscription final : public Subscription::Body,
                                public TopicBase::Outflow,
                                public std::enable_shared_from_this<LocalSubscription> {
 public:
  LocalSubscription(std::string name, Subscriber<std::string_view> subscriber,
                    std::shared_ptr<TaskRunner> workers);

  /// Sets what takes it away from its topic.
  void Joined(std::function<void()> leave);

  void Take(const TopicBase::Bytes& message, const std::string& publisher,
            const TopicOptions& options) override;
  std::shared_future<void> held() const override { return held_; }
  std::shared_future<Status> ended() const override { return ended_; }
  void Close() override;

 private:
  void Run();
  std::optional<Backlog::Waiting> Next();
  void End(const Status& why);

  const std::string name_;
  const Subscriber<std::string_view> subscriber_;
  const std::shared_ptr<TaskRunner> workers_;
  std::shared_future<void> held_;
  std::promise<Status> end_promise_;
  const std::shared_future<Status> ended_;

  std::mutex mutex_;
  Backlog backlog_;
  std::function<void()> leave_;
  std::optional<Status> end_;
  bool running_ = false;
};

/// Why a subscription has ended that was closed.
Status ClosedSubscription();

/// Runs a part of a subscriber; what it throws goes to the log.
void RunSubscriber(const std::string& topic, const std::function<void()>& part);

}  // namespace parley

#endif  // PARLEY_RPC_LOCAL_SUBSCRIPTION_H_
