// Serves and calls all four shapes.
#include <chrono>
#include <future>

#include "demo/v1/feed.parley.h"

using demo::v1::Feed;
using demo::v1::Item;
using demo::v1::Query;
using demo::v1::Summary;

class UseFeed final : public Feed::Service {
 public:
  Item Latest(const Query& request, parley::CallContext& /*context*/) override {
    Item item;
    item.set_text(request.topic());
    return item;
  }

  void Watch(const Query& request, parley::MessageSink<Item>& replies,
             parley::CallContext& context) override {
    replies.Send(Latest(request, context));
  }

  Summary Upload(parley::MessageStream<Item>& requests, parley::CallContext& /*context*/) override {
    Summary summary;
    for (const Item& item : requests) {
      if (item.text().empty()) {
        throw parley::RpcException(parley::Code::kInvalidArgument, "an item without text");
      }
      summary.set_items(summary.items() + 1);
    }
    return summary;
  }

  void Chat(parley::MessageStream<Query>& requests, parley::MessageSink<Item>& replies,
            parley::CallContext& context) override {
    for (const Query& query : requests) {
      replies.Send(Latest(query, context));
    }
  }
};

parley::ServiceDefinition Define(UseFeed& service) { return Feed::Bind(service); }

std::size_t CallFeed(parley::Caller& caller) {
  const Feed::Client feed(caller);
  const auto options = parley::CallOptions().WithTimeout(std::chrono::seconds(1));
  parley::Future<Item> later = feed.LatestAsync(Query(), options);
  std::size_t length = later.get().text().size() + feed.Latest(Query()).text().size();
  for (const Item& item : feed.Watch(Query())) {
    length += item.text().size();
  }
  auto items = feed.Upload();
  items.Send(Item());
  length += static_cast<std::size_t>(items.Finish().items());
  auto talk = feed.Chat();
  talk.Send(Query());
  talk.FinishSending();
  Item item;
  while (talk.Next(&item)) {
    length += item.text().size();
  }
  return length;
}
