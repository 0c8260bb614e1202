#include "rpc/topic_hub.h"

#include <utility>

#include "parley/rpc/log_sink.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/wire/wire_log.h"
#include "rpc/local_subscription.h"
#include "rpc/publication.h"
#include "rpc/topic_call.h"
#include "rpc/untyped_name.h"

namespace parley {

/// A topic without a schema: its subscribers ask for nothing but it.
class TopicHub::Named final : public TopicBase {
 public:
  using TopicBase::TopicBase;
  std::shared_ptr<const void> ParseRequest(std::string_view) const override { return nullptr; }
};

std::shared_ptr<TopicHub> TopicHub::Of(TopicOptions options, std::shared_ptr<TaskRunner> workers) {
  return std::shared_ptr<TopicHub>(new TopicHub(std::move(options), std::move(workers)));
}

TopicHub::TopicHub(TopicOptions options, std::shared_ptr<TaskRunner> workers)
    : options_(std::move(options)), workers_(std::move(workers)) {}

TopicHub::~TopicHub() = default;

std::function<void()> TopicHub::Enter(const std::shared_ptr<TopicCall>& call,
                                      std::string_view request) {
  const std::optional<Publication> asked = Publication::Decode(request);
  if (!asked.has_value()) {
    throw RpcException(Code::kInvalidArgument, "C-10: the request does not parse");
  }
  const std::string fault = UntypedNameFault(asked->topic);
  if (!fault.empty()) {
    throw RpcException(Code::kInvalidArgument, "T-1: no name of a topic: " + fault);
  }
  if (options_.may_subscribe && !options_.may_subscribe(call->peer(), asked->topic)) {
    throw RpcException(Code::kPermissionDenied, "T-1: " + Printable(call->peer().name()) +
                                                    " may not subscribe to " +
                                                    Printable(asked->topic));
  }
  return Join(std::string(asked->topic), call);
}

std::function<void()> TopicHub::Join(const std::string& name,
                                     const std::shared_ptr<TopicBase::Outflow>& outflow) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    std::shared_ptr<Named>& topic = topics_[name];
    if (topic == nullptr) {
      topic = std::make_shared<Named>(options_);
    }
    topic->Add(outflow, nullptr);
  }
  return [held = weak_from_this(), name, raw = outflow.get()] {
    if (const std::shared_ptr<TopicHub> hub = held.lock()) {
      hub->Leave(name, raw);
    }
  };
}

void TopicHub::Leave(const std::string& name, const TopicBase::Outflow* outflow) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = topics_.find(name);
  if (place == topics_.end()) {
    return;
  }
  place->second->Remove(outflow);
  if (place->second->subscribers() == 0) {
    topics_.erase(place);
  }
}

bool TopicHub::Relay(std::string_view bytes, Peer& peer) {
  const std::optional<Publication> publication = Publication::Decode(bytes);
  if (!publication.has_value()) {
    return false;
  }
  std::string fault = UntypedNameFault(publication->topic);
  if (fault.empty() && options_.may_publish && !options_.may_publish(peer, publication->topic)) {
    fault = "T-2: it may not publish to " + Printable(publication->topic);
  }
  if (fault.empty()) {
    Deliver(publication->topic, publication->payload, peer.name());
    return true;
  }
  std::uint64_t refused = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    refused = ++refused_;
  }
  if ((refused & (refused - 1)) == 0) {
    LogSink::Write("a publication of " + Printable(peer.name()) + " dropped, " +
                   std::to_string(refused) + " so far; " + fault);
  }
  return true;
}

void TopicHub::Deliver(std::string_view name, std::string_view payload,
                       const std::string& publisher) {
  std::shared_ptr<Named> topic;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto place = topics_.find(name);
    if (place == topics_.end()) {
      return;
    }
    topic = place->second;
  }
  topic->PublishBytes(std::make_shared<const std::string>(Publication{{}, payload}.Encode()),
                      publisher, [](const void*) { return true; });
}

void TopicHub::PublishBytes(std::string_view topic, std::string_view publication) {
  CheckUntypedName(topic);
  Deliver(topic, publication, std::string());
}

Subscription TopicHub::SubscribeBytes(std::string_view topic,
                                      Subscriber<std::string_view> subscriber) {
  CheckUntypedName(topic);
  auto made =
      std::make_shared<LocalSubscription>(std::string(topic), std::move(subscriber), workers_);
  made->Joined(Join(std::string(topic), made));
  return Subscription(made);
}

}  // namespace parley
