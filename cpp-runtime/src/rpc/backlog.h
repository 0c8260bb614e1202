#ifndef PARLEY_RPC_BACKLOG_H_
#define PARLEY_RPC_BACKLOG_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "parley/rpc/topic.h"

namespace parley {

/// The publications that wait for one subscriber, bounded (T-3). Each knows how many were dropped
/// just before it, so that a subscriber learns of a gap where the gap is. Guarded by its owner.
class Backlog {
 public:
  /// A publication that waits.
  struct Waiting {
    TopicBase::Bytes message;
    std::string publisher;
    std::uint64_t missed;
  };

  /// Sends one; false: there is no room for it yet.
  using Send = std::function<bool(std::string_view message, const std::string& publisher,
                                  std::uint64_t missed)>;

  /// Whether a publication need not wait.
  bool SendNow(const Send& send, const TopicBase::Bytes& message, const std::string& publisher);

  /// Has a publication wait, or drops one; false if the subscription is to fail instead.
  bool Add(const TopicBase::Bytes& message, const std::string& publisher,
           const TopicOptions& options);

  /// Takes the one that has waited longest, if one waits.
  std::optional<Waiting> Take();

  /// Sends what waits, as far as it goes.
  void Drain(const Send& send);

 private:
  static std::uint64_t Cost(const TopicBase::Bytes& message);
  void DropOldest(std::uint64_t room);

  std::deque<Waiting> waiting_;
  std::uint64_t bytes_ = 0;
  /// Dropped behind the last one that waits.
  std::uint64_t missed_ = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_BACKLOG_H_
