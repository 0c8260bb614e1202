#ifndef PARLEY_RPC_MESSAGE_CHANNEL_H_
#define PARLEY_RPC_MESSAGE_CHANNEL_H_

#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "parley/connection/outgoing_message.h"
#include "parley/export.h"
#include "parley/rpc/metadata.h"

namespace parley {

/// The messages that come on one call, as bytes: what stands behind a MessageStream, whatever its
/// type. Safe for use by many threads; to be read by one at a time.
class PARLEY_EXPORT MessageInbox {
 public:
  /// Takes what NextAsync gives: a message, nothing at the end, or why the stream failed.
  using Taker = std::function<void(std::optional<std::string> message, std::exception_ptr failure)>;

  virtual ~MessageInbox();

  /// An inbox of one message: what an interceptor gives in place of a request that it has read.
  static std::shared_ptr<MessageInbox> OfOne(std::string message);

  /// Waits for the next message; false at the end of the stream.
  /// @throws RpcException when the stream fails
  virtual bool Next(std::string* message) = 0;

  /// The same without waiting. `taker` is called once, by any thread, and must be short.
  virtual void NextAsync(Taker taker) = 0;

  /// Says that the message that was given last does not parse: the call ends because of it.
  virtual void Unreadable() = 0;

  /// Runs a task where handlers run.
  /// @throws RpcException RESOURCE_EXHAUSTED when as many run as may
  virtual void Run(std::function<void()> task) = 0;

  /// The reader wants no more. Ends the call unless it has ended, or belongs to a handler.
  virtual void Close() = 0;

  /// Of a topic: how many publications were dropped just before the message that was taken last.
  virtual std::uint64_t missed() const { return 0; }

  /// Of a topic: who published the message that was taken last.
  virtual std::string publisher() const { return {}; }

  /// What came with the end of the call; empty until then, and at a callee.
  virtual Metadata ReplyMetadata() const = 0;
};

/// Where the messages of one side of a call go: what stands behind a MessageSink, whatever its
/// type. Safe for use by many threads; each message is sent whole.
class PARLEY_EXPORT MessageOutlet {
 public:
  virtual ~MessageOutlet();

  /// Sends one message, waiting while the receiver has no room for it.
  /// @throws RpcException if the call has ended, or ends meanwhile
  virtual void Send(const OutgoingMessage& message) = 0;

  /// The same without waiting; what has no room yet is copied, and sent in the order of the calls.
  virtual std::future<void> SendAsync(const OutgoingMessage& message) = 0;

  /// Half-closes; without effect the second time, and at a callee.
  virtual void Finish() = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_MESSAGE_CHANNEL_H_
