#ifndef PARLEY_CONNECTION_MESSAGE_SENDER_H_
#define PARLEY_CONNECTION_MESSAGE_SENDER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "connection/long_message.h"
#include "connection/outbox.h"
#include "connection/pieces.h"
#include "parley/connection/offer.h"

namespace parley {

/// The messages that one side of a call sends: its window (W-1, W-2), and the one message that may
/// be on its way into the outbox. Stands under the connection's lock.
///
/// A message may be begun while the window is above 0 and none is on its way, and is then finished;
/// so a sender holds its receiver's window and one message, never more.
class MessageSender final : public Outbox::Turn,
                            public std::enable_shared_from_this<MessageSender> {
 public:
  /// @param window the receiver's
  /// @param limit the longest frame
  /// @param on_room told, without the lock, when an offer may succeed that did not, and when the
  ///     sender is over
  MessageSender(Outbox& outbox, std::uint64_t id, std::uint64_t window, std::uint64_t limit,
                std::function<void()> on_room);

  /// Begins a message if that is allowed now.
  /// @param early the message, if it was encoded before
  Offer Try(const OutgoingMessage& message, LongMessage& early) {
    return Try(message, early, {}, 0);
  }

  /// The same, of a topic.
  /// @param sent_by who published it, or nothing
  /// @param missed how many were dropped just before
  Offer Try(const OutgoingMessage& message, LongMessage& early, std::string_view sent_by,
            std::uint64_t missed);

  /// Whether a message may be begun now.
  bool HasRoom() const { return !over_ && !busy() && window_ > 0; }

  /// Whether a message is still on its way into the outbox.
  bool busy() const { return pieces_.has_value(); }

  /// Half-closes behind the message that is on its way.
  void End();

  /// Nothing more is sent; a message that is on its way stays a fragment.
  void Stop();

  /// The receiver has room for `bytes` more (W-3).
  void Grant(std::uint64_t bytes);

  bool Stage() override;

 private:
  Envelope Head() const;
  void Spend(std::size_t payload);
  void AppendEnd();
  void TellRoom();

  Outbox& outbox_;
  const std::uint64_t id_;
  const std::uint64_t limit_;
  const bool counted_;
  const std::function<void()> on_room_;
  std::int64_t window_;
  std::optional<Pieces> pieces_;
  // What the first frame of the message that is on its way carries besides.
  std::string sent_by_;
  std::uint64_t missed_ = 0;
  bool refused_ = false;
  bool over_ = false;
  bool end_waits_ = false;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_MESSAGE_SENDER_H_
