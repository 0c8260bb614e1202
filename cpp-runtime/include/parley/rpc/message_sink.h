#ifndef PARLEY_RPC_MESSAGE_SINK_H_
#define PARLEY_RPC_MESSAGE_SINK_H_

#include <exception>
#include <future>

#include "parley/rpc/message_channel.h"
#include "parley/rpc/message_traits.h"

namespace parley {

/// Where the messages of a stream are sent. Safe for use by many threads; each message is sent
/// whole.
template <typename T>
class MessageSink {
 public:
  virtual ~MessageSink() = default;

  /// Sends one message, waiting while the receiver has no room for it (its window is used up). The
  /// wait ends with room, with the end of the call, and with its deadline.
  /// @throws RpcException if the call has ended or ends meanwhile
  virtual void Send(const T& message) = 0;

  /// Sends one message without waiting: the future is ready when the message was taken into the
  /// window, and fails as Send does. Messages are sent in the order of the calls; a sender that
  /// keeps memory bounded waits for one future before it sends more.
  virtual std::future<void> SendAsync(const T& message) {
    std::promise<void> done;
    try {
      Send(message);
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
    return done.get_future();
  }
};

/// The sink over an outlet, which must outlive it.
template <typename T>
class OutletSink final : public MessageSink<T> {
 public:
  explicit OutletSink(MessageOutlet& outlet) : outlet_(outlet) {}

  void Send(const T& message) override { outlet_.Send(Outgoing(message)); }
  std::future<void> SendAsync(const T& message) override {
    return outlet_.SendAsync(Outgoing(message));
  }

 private:
  MessageOutlet& outlet_;
};

}  // namespace parley

#endif  // PARLEY_RPC_MESSAGE_SINK_H_
