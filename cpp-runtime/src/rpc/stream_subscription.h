#ifndef PARLEY_RPC_STREAM_SUBSCRIPTION_H_
#define PARLEY_RPC_STREAM_SUBSCRIPTION_H_

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "parley/rpc/caller.h"
#include "parley/rpc/follower.h"
#include "parley/rpc/message_channel.h"
#include "parley/rpc/subscriber.h"
#include "parley/rpc/subscription.h"

namespace parley {

/// A subscription to the topic of another side: one stream after the other. Safe for use by many
/// threads.
class StreamSubscription final : public Subscription::Body,
                                 public Follower,
                                 public std::enable_shared_from_this<StreamSubscription> {
 public:
  StreamSubscription(std::string topic, std::string request, Metadata metadata,
                     Subscriber<std::string_view> subscriber);

  /// Begins to follow the caller.
  void Begin(Caller& caller);

  void Connected(const Connection& to) override;
  void Over(const Status& why) override { End(why); }

  std::shared_future<void> held() const override { return held_; }
  std::shared_future<Status> ended() const override { return ended_; }
  void Close() override;

 private:
  /// One stream.
  struct Stream;

  /// Subscribes on the newest connection, unless the stream before it has not ended yet.
  void StartIfDue();
  void Start(const Connection& on, bool resumes);
  /// Asks for the next publication.
  void Ask(const std::shared_ptr<Stream>& stream);
  /// Handles those that are there, and asks for the next.
  void Walk(const std::shared_ptr<Stream>& stream);
  void Came(const std::shared_ptr<Stream>& stream, std::optional<std::string> message,
            std::exception_ptr failure);
  /// Handles a publication; false at the end of the stream.
  bool Handle(Stream& stream);
  void StreamEnded(Stream& stream, const Status& why);
  void End(const Status& why);
  void TellEnd();

  const std::string topic_;
  const std::string request_;
  const Metadata metadata_;
  const Subscriber<std::string_view> subscriber_;
  std::promise<void> held_promise_;
  const std::shared_future<void> held_;
  std::promise<Status> end_promise_;
  const std::shared_future<Status> ended_;

  std::mutex mutex_;
  std::function<void()> unfollow_;
  std::optional<Connection> awaited_;
  std::shared_ptr<Stream> running_;
  std::optional<Status> end_;
  bool starting_ = false;
  bool lost_ = false;
  bool told_held_ = false;
  bool told_end_ = false;
};

}  // namespace parley

#endif  // PARLEY_RPC_STREAM_SUBSCRIPTION_H_
