#ifndef PARLEY_RPC_REMOTE_TOPICS_H_
#define PARLEY_RPC_REMOTE_TOPICS_H_

#include "parley/rpc/caller.h"
#include "parley/rpc/topics.h"

namespace parley {

/// The topics that the other side keeps. Safe for use by many threads.
class RemoteTopics final : public Topics {
 public:
  /// Those that are reached through `caller`, which must outlive this.
  explicit RemoteTopics(Caller& caller) : caller_(caller) {}

  void PublishBytes(std::string_view topic, std::string_view publication) override;
  Subscription SubscribeBytes(std::string_view topic,
                              Subscriber<std::string_view> subscriber) override;

 private:
  Caller& caller_;
};

}  // namespace parley

#endif  // PARLEY_RPC_REMOTE_TOPICS_H_
