#ifndef PARLEY_RPC_OUTLET_H_
#define PARLEY_RPC_OUTLET_H_

#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "parley/connection/offer.h"
#include "parley/rpc/message_channel.h"
#include "parley/rpc/rpc_exception.h"

namespace parley {

/// Where the messages of one side of a call are sent. Those that find no room wait in the order of
/// their senders; a blocked thread is woken by room, and by the end of the call. Safe for use by
/// many threads.
class Outlet final : public MessageOutlet {
 public:
  /// The call that the messages belong to.
  class Target {
   public:
    virtual ~Target() = default;
    virtual Offer Try(const OutgoingMessage& message) = 0;
    /// Writes what was taken; called under no lock.
    virtual void Flush() = 0;
    /// The same, soon: more may follow at once.
    virtual void FlushSends() = 0;
    /// Why the call takes no more messages.
    virtual RpcException Over() = 0;
    virtual void Finish() = 0;
  };

  explicit Outlet(Target& target) : target_(target) {}

  void Send(const OutgoingMessage& message) override;
  std::future<void> SendAsync(const OutgoingMessage& message) override;
  /// Half-closes behind the messages that wait for room.
  void Finish() override;

  /// There may be room, or the call has ended: sends what waits, as far as it goes.
  void Pump();

 private:
  /// A message that waits for room.
  struct Waiting {
    OutgoingMessage message;
    /// Set if nobody waits for it, and then it is what `message` writes.
    std::string copy;
    std::string_view view;
    std::optional<std::promise<void>> promise;
    std::optional<Offer> end;
  };

  RpcException FailureOf(Offer offer);

  Target& target_;

  /// Before the connection's lock.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
  /// No more messages are taken; and the half-close still waits behind others.
  bool finished_ = false;
  bool finish_waits_ = false;
};

}  // namespace parley

#endif  // PARLEY_RPC_OUTLET_H_
