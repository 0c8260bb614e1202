#ifndef PARLEY_RPC_INBOX_H_
#define PARLEY_RPC_INBOX_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "parley/connection/waiter.h"
#include "parley/rpc/message_channel.h"
#include "parley/rpc/rpc_exception.h"

namespace parley {

/// The messages that have come on one call and wait for their reader. The window of the connection
/// bounds them; taking one gives its cost back. Safe for use by many threads.
class Inbox final : public MessageInbox {
 public:
  /// The call that the messages belong to.
  class Source {
   public:
    virtual ~Source() = default;
    /// A message of that cost was taken: its sender has room for more.
    virtual void Consumed(std::uint64_t cost) = 0;
    /// Waits until the waiter is over; reads the connection meanwhile if nobody does.
    virtual void Await(Waiter& waiter) = 0;
    /// What was taken last does not parse.
    virtual void Unreadable() = 0;
    /// The reader wants no more.
    virtual void Abandoned() = 0;
    /// Runs a task where handlers run; whether it will.
    virtual bool Run(std::function<void()> task) = 0;
    virtual Metadata ReplyMetadata() const = 0;
  };

  /// What gives the reason why a stream fails.
  using Failure = std::function<RpcException()>;

  explicit Inbox(Source& source) : source_(source) {}

  /// A message has come.
  /// @param publisher of a topic: who published it
  /// @param missed of a topic: how many were dropped just before
  void Add(std::string message, std::uint64_t cost, std::string publisher = {},
           std::uint64_t missed = 0);

  /// No more come; with a failure, the stream fails behind those that have come. The first one
  /// counts.
  void Finish(Failure failure);

  bool Next(std::string* message) override;
  void NextAsync(Taker taker) override;
  void Unreadable() override { source_.Unreadable(); }
  void Run(std::function<void()> task) override;
  void Close() override;
  Metadata ReplyMetadata() const override { return source_.ReplyMetadata(); }
  std::uint64_t missed() const override;
  std::string publisher() const override;

 private:
  struct Arrived {
    std::string message;
    std::uint64_t cost;
    std::string publisher;
    std::uint64_t missed;
  };

  /// Locked. The oldest that waits, which is taken now.
  Arrived TakeFirst();

  Source& source_;
  mutable std::mutex mutex_;
  /// Over while there is something to take, or nothing more comes.
  Waiter arrived_;
  static constexpr std::size_t kMany = 16;

  std::deque<Arrived> waiting_;
  /// What messages have cost that were taken and not given back yet, and how many were taken.
  std::uint64_t owed_ = 0;
  std::size_t taken_ = 0;
  // Of the message that was taken last.
  std::string publisher_;
  std::uint64_t missed_ = 0;
  bool finished_ = false;
  bool closed_ = false;
  Failure failure_;
  Taker asked_;
};

}  // namespace parley

#endif  // PARLEY_RPC_INBOX_H_
