#ifndef PARLEY_RPC_TOPIC_HUB_H_
#define PARLEY_RPC_TOPIC_HUB_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "connection/workers.h"
#include "parley/rpc/topic.h"
#include "parley/rpc/topics.h"

namespace parley {

class Peer;
class TopicCall;

/// The topics that this side keeps: its peers subscribe and publish, and so does this program. A
/// topic is known as long as somebody subscribes to it (T-1). Safe for use by many threads.
class TopicHub final : public Topics, public std::enable_shared_from_this<TopicHub> {
 public:
  /// @param workers where this program's own subscribers run
  static std::shared_ptr<TopicHub> Of(TopicOptions options, std::shared_ptr<TaskRunner> workers);
  ~TopicHub() override;

  void PublishBytes(std::string_view topic, std::string_view publication) override;
  Subscription SubscribeBytes(std::string_view topic,
                              Subscriber<std::string_view> subscriber) override;

  /// Lets a peer's subscription in; as TopicCall::Enter.
  std::function<void()> Enter(const std::shared_ptr<TopicCall>& call, std::string_view request);

  /// A peer publishes; on the thread that reads, so that it is done before what comes behind it.
  /// False if it is not to be read.
  bool Relay(std::string_view publication, Peer& peer);

 private:
  class Named;

  TopicHub(TopicOptions options, std::shared_ptr<TaskRunner> workers);

  void Deliver(std::string_view name, std::string_view payload, const std::string& publisher);
  /// Gives what takes the subscriber away again.
  std::function<void()> Join(const std::string& name,
                             const std::shared_ptr<TopicBase::Outflow>& outflow);
  void Leave(const std::string& name, const TopicBase::Outflow* outflow);

  const TopicOptions options_;
  const std::shared_ptr<TaskRunner> workers_;

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Named>, std::less<>> topics_;
  std::uint64_t refused_ = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_TOPIC_HUB_H_
