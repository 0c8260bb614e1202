#ifndef PARLEY_RPC_DOORSTEP_H_
#define PARLEY_RPC_DOORSTEP_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "connection/step_aside.h"
#include "parley/rpc/rpc_exception.h"
#include "rpc/connected_peer.h"
#include "rpc/conversions.h"

namespace parley {

/// Where whoever connects waits for the handshake. Lets everybody in.
class Doorstep final : public PeerKeeper {
 public:
  std::optional<Refusal> Admit(ConnectedPeer&, const std::string&, std::string_view) override {
    return std::nullopt;
  }

  void Opened(const std::shared_ptr<ConnectedPeer>&, const HelloMessage& hello) override {
    std::lock_guard<std::mutex> lock(mutex_);
    payload_ = hello.payload;
    settled_.notify_all();
  }

  void Closed(ConnectedPeer&, const StatusMessage& why) override {
    std::lock_guard<std::mutex> lock(mutex_);
    why_ = why;
    settled_.notify_all();
  }

  /// Waits until the peer has answered HELLO or the connection has ended; gives its payload.
  std::string Await() {
    StepAside();
    std::unique_lock<std::mutex> lock(mutex_);
    settled_.wait(lock, [this] { return payload_.has_value() || why_.has_value(); });
    if (!payload_.has_value()) {
      throw RpcException(ToStatus(*why_), Outcome::kNotSent);
    }
    return *payload_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable settled_;
  std::optional<std::string> payload_;
  std::optional<StatusMessage> why_;
};

}  // namespace parley

#endif  // PARLEY_RPC_DOORSTEP_H_
