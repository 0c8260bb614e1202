#ifndef PARLEY_RPC_PEER_GROUP_H_
#define PARLEY_RPC_PEER_GROUP_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/rpc/call_options.h"
#include "parley/rpc/message_bytes.h"
#include "parley/rpc/method.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/rpc_exception.h"

namespace parley {

/// What one peer of a PeerGroup answered: a reply, or a failure.
template <typename R>
struct Answer {
  /// Who was asked.
  std::shared_ptr<Peer> peer;
  /// What it replied, unless it failed.
  std::optional<R> reply;
  /// Why it did not reply, unless it did.
  std::optional<RpcException> failure;
};

/// A peer to whom something could not be sent.
struct Unreached {
  std::shared_ptr<Peer> peer;
  RpcException failure;
};

/// Peers that are told or asked something all at once: those that are connected when it happens.
/// Safe for use by many threads; it must not outlive whoever gave it.
class PeerGroup {
 public:
  using Members = std::function<std::vector<std::shared_ptr<Peer>>()>;

  /// @param members gives those who are connected just now
  explicit PeerGroup(Members members) : members_(std::move(members)) {}

  /// Those of the group who pass.
  PeerGroup Matching(std::function<bool(Peer& peer)> condition) const {
    return PeerGroup([members = members_, condition = std::move(condition)] {
      std::vector<std::shared_ptr<Peer>> passed;
      for (std::shared_ptr<Peer>& peer : members()) {
        if (condition(*peer)) {
          passed.push_back(std::move(peer));
        }
      }
      return passed;
    });
  }

  /// Who is in it just now.
  std::vector<std::shared_ptr<Peer>> peers() const { return members_(); }

  /// Sends an event to each; never waits. One peer that cannot take it keeps none of the others
  /// from it. Gives those to whom it could not be sent.
  template <typename E>
  std::vector<Unreached> SendEvent(std::string_view name, const E& event) const {
    std::vector<Unreached> unreached;
    for (std::shared_ptr<Peer>& peer : peers()) {
      try {
        peer->SendEvent(name, event);
      } catch (const RpcException& failure) {
        unreached.push_back({std::move(peer), failure});
      }
    }
    return unreached;
  }

  /// Asks each peer the same, waits, and gives what they answer, in the order of peers(): all
  /// replies and failures that come within the time; who has not answered by then has failed
  /// DEADLINE_EXCEEDED.
  template <typename Q, typename R>
  std::vector<Answer<R>> Survey(const Method<Q, R>& method, const Q& request,
                                std::chrono::nanoseconds within) const {
    const CallOptions options = CallOptions().WithTimeout(within);
    std::vector<std::shared_ptr<Peer>> asked = peers();
    std::vector<Future<R>> replies;
    replies.reserve(asked.size());
    for (const std::shared_ptr<Peer>& peer : asked) {
      replies.push_back(peer->CallAsync(method, request, options));
    }
    std::vector<Answer<R>> answers;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      Answer<R> answer{std::move(asked[i]), std::nullopt, std::nullopt};
      try {
        answer.reply = replies[i].get();
      } catch (const RpcException& failure) {
        answer.failure = failure;
      }
      answers.push_back(std::move(answer));
    }
    return answers;
  }

  /// The same without waiting: `callback` is told once, as Caller::CallThen tells.
  template <typename Q, typename R>
  void SurveyThen(const Method<Q, R>& method, const Q& request, std::chrono::nanoseconds within,
                  std::function<void(std::vector<Answer<R>> answers)> callback) const {
    struct Gathered {
      std::mutex mutex;
      std::vector<Answer<R>> answers;
      std::size_t left;
    };
    const CallOptions options = CallOptions().WithTimeout(within);
    const std::vector<std::shared_ptr<Peer>> asked = peers();
    auto gathered = std::make_shared<Gathered>();
    gathered->left = asked.size();
    for (const std::shared_ptr<Peer>& peer : asked) {
      gathered->answers.push_back({peer, std::nullopt, std::nullopt});
    }
    if (asked.empty()) {
      callback({});
    }
    for (std::size_t i = 0; i < asked.size(); ++i) {
      asked[i]->CallThen(
          method, request,
          [gathered, i, callback](std::optional<R> reply, const RpcException* failure) {
            {
              std::lock_guard<std::mutex> lock(gathered->mutex);
              Answer<R>& answer = gathered->answers[i];
              answer.reply = std::move(reply);
              if (failure != nullptr) {
                answer.failure = *failure;
              }
              if (--gathered->left > 0) {
                return;
              }
            }
            callback(std::move(gathered->answers));
          },
          options);
    }
  }

  /// Asks each peer for a method without a schema, of bytes, and waits; see Survey.
  std::vector<Answer<MessageBytes>> SurveyBytes(std::string_view method, std::string request,
                                                std::chrono::nanoseconds within) const {
    return Survey(Method<MessageBytes, MessageBytes>(method, Shape::kUnary),
                  MessageBytes(std::move(request)), within);
  }

 private:
  Members members_;
};

}  // namespace parley

#endif  // PARLEY_RPC_PEER_GROUP_H_
