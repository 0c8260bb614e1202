#include "rpc/remote_topics.h"

#include <utility>

#include "parley/rpc/message_bytes.h"
#include "rpc/publication.h"
#include "rpc/untyped_name.h"

namespace parley {

void RemoteTopics::PublishBytes(std::string_view topic, std::string_view publication) {
  CheckUntypedName(topic);
  caller_.Send(Method<MessageBytes, MessageBytes>(kPublishToTopic, Shape::kOneWay),
               MessageBytes(Publication{topic, publication}.Encode()));
}

Subscription RemoteTopics::SubscribeBytes(std::string_view topic,
                                          Subscriber<std::string_view> subscriber) {
  CheckUntypedName(topic);
  Subscriber<std::string_view> unpacking;
  unpacking.handle = [name = std::string(topic), handle = std::move(subscriber.handle)](
                         std::string_view bytes, const TopicContext& context) {
    if (const std::optional<Publication> publication = Publication::Decode(bytes)) {
      handle(publication->payload, {name, context.publisher, context.missed});
    }
  };
  unpacking.resumed = std::move(subscriber.resumed);
  return caller_.SubscribeBytes(kSubscribeToTopic, Publication{topic, {}}.Encode(), {},
                                std::move(unpacking));
}

}  // namespace parley
