#ifndef PARLEY_CONNECTION_OFFER_H_
#define PARLEY_CONNECTION_OFFER_H_

namespace parley {

/// What became of a message that was offered to a call.
enum class Offer {
  /// It is on its way.
  kTaken,
  /// There is no room now; whoever offered is told when there may be.
  kNoRoom,
  /// The call takes no more messages.
  kOver,
  /// The message changed while it was written; nothing was sent.
  kChanged,
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OFFER_H_
