#ifndef PARLEY_CONNECTION_ARRIVALS_H_
#define PARLEY_CONNECTION_ARRIVALS_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "connection/incoming_calls.h"
#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"

namespace parley {

/// What arrives for the calls of the peer: REQUEST, MESSAGE, END, CREDIT, CANCEL. By the thread
/// that reads, which flushes afterwards.
///
/// A frame that its call cannot take fails that call alone.
class Arrivals {
 public:
  explicit Arrivals(IncomingCalls& calls) : calls_(calls) {}

  /// A REQUEST has arrived, or a part of one. Gives the call to be served, whose request `request`
  /// then carries, or null when it is not whole, answered or dropped.
  /// @throws WireError C-1, C-2, C-4
  std::shared_ptr<IncomingCall> Request(const std::shared_ptr<Connection>& connection,
                                        Envelope& request);

  /// A MESSAGE of the caller's, or a part of one.
  /// @throws WireError C-2, W-4
  void Message(Envelope& frame);

  /// The caller half-closes.
  /// @throws WireError C-2
  void End(const Envelope& frame);

  /// The caller has room for more.
  /// @throws WireError C-2
  void Credit(const Envelope& frame);

  /// A CANCEL has arrived.
  /// @throws WireError C-2
  void Cancel(const Envelope& frame);

 private:
  std::shared_ptr<IncomingCall> NewRequest(const std::shared_ptr<Connection>& connection,
                                           const Envelope& request);
  std::shared_ptr<IncomingCall> Continuation(Envelope& request);
  /// Locked. Why a request must not become a call, or nothing.
  std::optional<StatusMessage> FaultOf(const Envelope& request);
  /// Locked. Counts a whole request among what is held.
  std::optional<StatusMessage> Hold(IncomingCall& call, std::size_t bytes);
  /// Locked. Why the call takes no message now, or nothing.
  static std::optional<StatusMessage> StreamFault(const IncomingCall& call);
  /// Locked. The call, unless it has ended.
  std::shared_ptr<IncomingCall> Find(const Envelope& frame) const;

  IncomingCalls& calls_;
  // What the views of a frame point into. Kept until the next one: with the last block freed, an
  // allocator gives the memory of long messages back to the system, which clears it page by page.
  std::string whole_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_ARRIVALS_H_
