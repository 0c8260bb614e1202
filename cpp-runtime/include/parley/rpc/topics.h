#ifndef PARLEY_RPC_TOPICS_H_
#define PARLEY_RPC_TOPICS_H_

#include <string>
#include <string_view>
#include <utility>

#include "parley/export.h"
#include "parley/rpc/message_bytes.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/rpc/subscriber.h"
#include "parley/rpc/subscription.h"

namespace parley {

/// Topics known by a string, without a schema: one side keeps them, both publish and subscribe
/// (E-2).
///
/// A publication reaches every subscription of its topic that holds, the publisher's own ones too,
/// at most once, and those of one publisher in order (T-2). Nobody waits for a subscriber: one that
/// is slow misses some, and is told how many (T-3). Safe for use by many threads.
///
/// A name is 1 to 255 bytes without a slash, and does not begin with `parley.`; `A-Z a-z 0-9 . _ -`
/// are best. Data like JSON's are messages of google::protobuf::Value.
class PARLEY_EXPORT Topics {
 public:
  virtual ~Topics();

  /// Publishes bytes; returns once they are queued, and never waits. No subscriber is no error.
  /// @throws std::invalid_argument if `topic` is no name of one
  /// @throws RpcException NOT_SENT, as Peer::SendEvent tells, where another side keeps the topics
  virtual void PublishBytes(std::string_view topic, std::string_view publication) = 0;

  /// Subscribes to a topic of bytes.
  /// @throws std::invalid_argument if `topic` is no name of one
  [[nodiscard]] virtual Subscription SubscribeBytes(std::string_view topic,
                                                    Subscriber<std::string_view> subscriber) = 0;

  /// Publishes a message; see PublishBytes.
  template <typename M>
  void Publish(std::string_view topic, const M& publication) {
    std::string bytes(MessageTraits<M>::Size(publication), '\0');
    MessageTraits<M>::Write(publication, &bytes[0], bytes.size());
    PublishBytes(topic, bytes);
  }

  /// Subscribes to a topic of messages. What cannot be read as one goes to the log.
  template <typename M>
  [[nodiscard]] Subscription Subscribe(std::string_view topic, Subscriber<M> subscriber) {
    Subscriber<std::string_view> bytes;
    bytes.handle = [handle = std::move(subscriber.handle)](std::string_view publication,
                                                           const TopicContext& context) {
      M message;
      if (!MessageTraits<M>::Parse(publication, &message)) {
        throw RpcException(Code::kInvalidArgument,
                           "C-10: a publication to " + context.topic + " cannot be read");
      }
      handle(message, context);
    };
    bytes.resumed = std::move(subscriber.resumed);
    return SubscribeBytes(topic, std::move(bytes));
  }
};

}  // namespace parley

#endif  // PARLEY_RPC_TOPICS_H_
