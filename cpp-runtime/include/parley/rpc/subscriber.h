#ifndef PARLEY_RPC_SUBSCRIBER_H_
#define PARLEY_RPC_SUBSCRIBER_H_

#include <functional>
#include <type_traits>
#include <utility>

#include "parley/rpc/topic_context.h"

namespace parley {

/// Who takes what is published: a function, or two.
///
///     subscriber.handle = [](const Price& price, const TopicContext& context) { ... };
///     subscriber.resumed = [] { ... };
template <typename M>
struct Subscriber {
  Subscriber() = default;

  /// One that is a function alone.
  template <typename F,
            typename = std::enable_if_t<std::is_invocable_v<F, const M&, const TopicContext&>>>
  Subscriber(F handle) : handle(std::move(handle)) {}  // NOLINT: as a function is one

  /// Takes a publication: one at a time, in order, where handlers run. Who takes long gets fewer of
  /// them (T-3), and slows nobody. What it throws goes to the log.
  std::function<void(const M& publication, const TopicContext& context)> handle;

  /// Is told, if it is set, after a connection was lost and there is another one: publications may
  /// be missing, and nobody knows how many (T-4). What the subscriber asks the server for now, over
  /// the same connection, is answered when the subscription holds again, so that nothing is lost
  /// between that and the next publication. Never at the same time as `handle`.
  std::function<void()> resumed;
};

}  // namespace parley

#endif  // PARLEY_RPC_SUBSCRIBER_H_
