#ifndef PARLEY_RPC_MESSAGE_SINK_H_
#define PARLEY_RPC_MESSAGE_SINK_H_

namespace parley {

/// Where the messages of a stream are sent. Safe for use by many threads.
template <typename T>
class MessageSink {
 public:
  virtual ~MessageSink() = default;

  /// Sends one message, waiting while the receiver has no room for it.
  /// @throws RpcException if the call has ended
  virtual void Send(const T& message) = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_MESSAGE_SINK_H_
