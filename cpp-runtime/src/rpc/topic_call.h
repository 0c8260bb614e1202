#ifndef PARLEY_RPC_TOPIC_CALL_H_
#define PARLEY_RPC_TOPIC_CALL_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "connection/incoming_call.h"
#include "parley/rpc/call_context.h"
#include "parley/rpc/service_definition.h"
#include "parley/rpc/topic.h"
#include "rpc/backlog.h"
#include "rpc/services.h"

namespace parley {

class ConnectedPeer;

/// A subscription that a peer has made. It holds from the moment when its REQUEST was read (T-1),
/// takes no thread, and ends when the peer cancels it or the topic cannot serve it any more.
///
/// Interceptors see who subscribes, where handlers run, and may refuse; publications wait for them
/// meanwhile, and do not pass through them. Safe for use by many threads.
class TopicCall final : public TopicBase::Outflow,
                        public CallContext,
                        public std::enable_shared_from_this<TopicCall> {
 public:
  /// Adds the call to the topic that it asks for, and gives what takes it away again.
  /// @throws RpcException why there is no topic for it
  using Enter = std::function<std::function<void()>(const std::shared_ptr<TopicCall>& call,
                                                    std::string_view request)>;

  TopicCall(std::shared_ptr<ConnectedPeer> peer, std::shared_ptr<IncomingCall> call,
            std::shared_ptr<const Services> services);

  /// Subscribes; by the thread that reads.
  void Begin(std::string_view request, const Enter& enter);

  void Take(const TopicBase::Bytes& message, const std::string& publisher,
            const TopicOptions& options) override;

  /// Ends the subscription for that reason; without effect the second time.
  void End(const StatusMessage& why);

  Peer& peer() override;
  std::string_view method() const override { return call_->method(); }
  const Metadata& metadata() const override { return metadata_; }
  void SetReplyMetadata(Metadata metadata) override;
  std::optional<std::chrono::nanoseconds> Remaining() const override { return std::nullopt; }
  bool IsCancelled() const override { return call_->IsStopped(); }
  void OnCancel(std::function<void()> listener) override;
  void AwaitCancel() override;
  std::function<void()> Wrap(std::function<void()> task) override;

 private:
  /// Has the interceptors decide.
  void Ask(const std::string& request);
  /// All interceptors let the subscriber pass.
  void Let();
  /// There may be room for what waits.
  void Drain();
  Backlog::Send Sender();

  const std::shared_ptr<ConnectedPeer> peer_;
  const std::shared_ptr<IncomingCall> call_;
  const std::shared_ptr<const Services> services_;
  const Metadata metadata_;
  /// What interceptors stand before.
  ServiceDefinition::Entry entry_;

  /// Before the connection's lock.
  std::mutex mutex_;
  std::condition_variable over_changed_;
  Backlog backlog_;
  std::function<void()> leave_;
  Metadata reply_metadata_;
  bool held_up_ = false;
  bool over_ = false;
};

}  // namespace parley

#endif  // PARLEY_RPC_TOPIC_CALL_H_
