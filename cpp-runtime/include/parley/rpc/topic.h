#ifndef PARLEY_RPC_TOPIC_H_
#define PARLEY_RPC_TOPIC_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/export.h"
#include "parley/rpc/message_traits.h"
#include "parley/rpc/method.h"
#include "parley/rpc/topic_options.h"

namespace parley {

/// What topics of all types have in common: who has subscribed. For the runtime.
class PARLEY_EXPORT TopicBase {
 public:
  /// A publication as bytes, shared by all whom it goes to.
  using Bytes = std::shared_ptr<const std::string>;

  /// Where the publications for one subscriber go.
  class Outflow {
   public:
    virtual ~Outflow();
    /// Takes a publication; never waits.
    /// @param publisher the name of the peer that published it; empty: the server did
    virtual void Take(const Bytes& message, const std::string& publisher,
                      const TopicOptions& options) = 0;
  };

  explicit TopicBase(TopicOptions options);
  virtual ~TopicBase();
  TopicBase(const TopicBase&) = delete;
  TopicBase& operator=(const TopicBase&) = delete;

  /// How many have subscribed.
  std::size_t subscribers() const;

  const TopicOptions& options() const { return options_; }

  /// The request as its type; null if it does not parse.
  virtual std::shared_ptr<const void> ParseRequest(std::string_view request) const = 0;

  /// A subscriber has come, with what it asked for.
  void Add(std::shared_ptr<Outflow> outflow, std::shared_ptr<const void> request);
  /// A subscriber has gone; without effect if it is not there.
  void Remove(const Outflow* outflow);

  /// Publishes to those whose request passes.
  void PublishBytes(const Bytes& message, const std::string& publisher,
                    const std::function<bool(const void* request)>& to) const;

 private:
  struct Subscribed {
    std::shared_ptr<Outflow> outflow;
    std::shared_ptr<const void> request;
  };
  using All = std::vector<Subscribed>;

  std::shared_ptr<const All> all() const;

  const TopicOptions options_;
  mutable std::mutex mutex_;
  /// Replaced as a whole, so that publishing holds no lock.
  std::shared_ptr<const All> all_;
};

/// A topic, for who serves it: publishes to all who have subscribed. A method with `option
/// (parley.v1.topic) = true` has one.
///
/// Publishing never waits: each subscriber has its own bounded queue, and one that is slow, or
/// stopped, costs the others nothing (T-3). A publication reaches each subscriber at most once, and
/// those of one thread in order (T-2).
///
/// Safe for use by many threads. It must outlive every server that serves it; several may.
template <typename Q, typename R>
class Topic final : public TopicBase {
 public:
  explicit Topic(const Method<Q, R>&, TopicOptions options = {}) : TopicBase(std::move(options)) {}

  /// Publishes to all.
  void Publish(const R& message) {
    PublishBytes(Encode(message), std::string(), [](const void*) { return true; });
  }

  /// Publishes to those whose request passes.
  void Publish(const R& message, const std::function<bool(const Q& request)>& to) {
    PublishBytes(Encode(message), std::string(),
                 [&to](const void* request) { return to(*static_cast<const Q*>(request)); });
  }

  std::shared_ptr<const void> ParseRequest(std::string_view request) const override {
    auto parsed = std::make_shared<Q>();
    return MessageTraits<Q>::Parse(request, parsed.get()) ? parsed : nullptr;
  }

 private:
  static Bytes Encode(const R& message) {
    auto bytes = std::make_shared<std::string>(MessageTraits<R>::Size(message), '\0');
    MessageTraits<R>::Write(message, &(*bytes)[0], bytes->size());
    return bytes;
  }
};

}  // namespace parley

#endif  // PARLEY_RPC_TOPIC_H_
