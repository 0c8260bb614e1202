#ifndef PARLEY_RPC_EVENT_DEFINITION_H_
#define PARLEY_RPC_EVENT_DEFINITION_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "parley/rpc/event_context.h"
#include "parley/rpc/message_traits.h"

namespace parley {

/// Takes the events of one name: one at a time for each peer, in the order they were sent.
template <typename E>
using EventHandler = std::function<void(const E& event, EventContext& context)>;

/// An event's name and what takes it.
struct EventDefinition {
  std::string name;
  /// Parses an event and runs its handler; false when the bytes do not parse.
  std::function<bool(std::string_view payload, EventContext& context)> take;

  template <typename E>
  static EventDefinition Of(std::string name, EventHandler<E> handler) {
    return {std::move(name),
            [handler = std::move(handler)](std::string_view payload, EventContext& context) {
              E event;
              if (!MessageTraits<E>::Parse(payload, &event)) {
                return false;
              }
              handler(event, context);
              return true;
            }};
  }
};

}  // namespace parley

#endif  // PARLEY_RPC_EVENT_DEFINITION_H_
