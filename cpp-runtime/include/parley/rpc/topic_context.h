#ifndef PARLEY_RPC_TOPIC_CONTEXT_H_
#define PARLEY_RPC_TOPIC_CONTEXT_H_

#include <cstdint>
#include <string>

namespace parley {

/// What a subscriber knows of a publication.
struct TopicContext {
  /// The topic's name, or the full name of a method that is one.
  std::string topic;
  /// The name of the peer that published it; empty: the server did. A name is a claim (E-3).
  std::string publisher;
  /// How many were dropped just before this one, since this subscriber was slow (T-3).
  std::uint64_t missed = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_TOPIC_CONTEXT_H_
