#ifndef PARLEY_CONNECTION_REQUESTS_H_
#define PARLEY_CONNECTION_REQUESTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "connection/long_message.h"
#include "connection/outbox.h"
#include "connection/settings.h"
#include "connection/timers.h"
#include "parley/connection/outgoing_call.h"
#include "parley/wire/messages.h"

namespace parley {

/// The REQUESTs of this side on their way into the outbox: their ids, their frames, and those that
/// wait for room or for their next turn. Stands under the connection's lock.
class Requests {
 public:
  /// What happens to a call on its way.
  struct Steps {
    /// It has an id and a slot; its first frame is appended next, or was just now.
    std::function<void(const std::shared_ptr<OutgoingCall>&)> opened;
    /// All of its REQUEST is in the outbox.
    std::function<void(OutgoingCall&)> whole;
  };

  Requests(Outbox& outbox, Timers& timers, Side side, Steps steps);
  ~Requests();

  /// The handshake is done: what the peer reads.
  void Open(const HelloMessage& peer, bool streams);

  /// The longest frame that a message is cut into, or that it must fit.
  std::uint64_t frame_limit() const { return frame_limit_; }

  /// The next id.
  std::uint64_t next_id() const { return next_id_; }

  /// Whether the REQUEST fits one frame.
  bool FitsOneFrame(const OutgoingRequest& request) const;

  /// Sends a REQUEST, at once if there is room and it fits one frame, or else in its turns, for
  /// which it is copied. Taking an id and appending the first frame are one step (C-1). False, and
  /// nothing has happened, when the message does not write itself.
  /// @param early the message, if it was encoded before
  bool Send(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request,
            LongMessage& early);

  /// Takes back what has not been appended of a call's REQUEST; the call, if there was any.
  std::shared_ptr<OutgoingCall> Withdraw(const OutgoingCall& call);

  /// Takes back and gives all calls that have no id yet.
  std::vector<std::shared_ptr<OutgoingCall>> WithdrawAll();

  /// How many calls have no id yet.
  std::size_t queued() const { return queued_.size(); }

 private:
  class Queued;

  bool Stage(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request);
  void TakeId(const std::shared_ptr<OutgoingCall>& call, std::uint64_t first_byte);
  Envelope HeadOf(const OutgoingRequest& request, std::uint64_t id) const;

  Outbox& outbox_;
  Timers& timers_;
  const Steps steps_;
  /// Calls without an id. One whose time was over when room came stays until it is left.
  std::list<std::shared_ptr<Queued>> queued_;
  /// Calls whose REQUEST is partly in the outbox.
  std::list<std::shared_ptr<Queued>> sending_;
  std::uint64_t next_id_;
  std::uint64_t frame_limit_ = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_REQUESTS_H_
