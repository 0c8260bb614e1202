#ifndef PARLEY_CONNECTION_MESSAGE_RECEIVER_H_
#define PARLEY_CONNECTION_MESSAGE_RECEIVER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "connection/assembly.h"
#include "connection/held_bytes.h"
#include "connection/outbox.h"
#include "connection/receive_window.h"

namespace parley {

/// The messages that one side of a call receives: what its peer may still send, the fragments that
/// have come, the messages that the application has not consumed. Stands under the connection's
/// lock.
class MessageReceiver {
 public:
  MessageReceiver(Outbox& outbox, HeldBytes& held, std::uint64_t id, std::uint64_t window,
                  std::uint64_t max_message);

  /// Whether fragments have come of a message whose rest has not.
  bool mid_message() const { return assembly_.has_value(); }

  /// Takes a MESSAGE; why the call must fail, or nothing. When it is whole, the payload of `frame`
  /// is all of it, kept in `whole` if need be, and `cost` says what it has cost.
  /// @throws WireError W-4
  std::optional<StatusMessage> Arrived(Envelope& frame, std::string& whole, std::uint64_t& cost);

  /// The application has consumed messages of that cost, or dropped them.
  void Consumed(std::uint64_t cost);

  /// No more messages come; those that wait are the application's own affair now.
  void End();

 private:
  Outbox& outbox_;
  HeldBytes& held_;
  const std::uint64_t id_;
  const std::uint64_t max_message_;
  ReceiveWindow window_;
  std::optional<Assembly> assembly_;
  std::uint64_t cost_ = 0;
  // Of the first fragment (F-9).
  std::string sent_by_;
  std::uint64_t missed_ = 0;
  std::uint64_t holds_ = 0;
  bool ended_ = false;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_MESSAGE_RECEIVER_H_
