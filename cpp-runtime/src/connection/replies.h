#ifndef PARLEY_CONNECTION_REPLIES_H_
#define PARLEY_CONNECTION_REPLIES_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "connection/outgoing_calls.h"
#include "connection/outgoing_streams.h"

namespace parley {

/// What arrives for the calls of this side: RESPONSE, MESSAGE, CREDIT. By the thread that reads,
/// which flushes afterwards.
///
/// A frame that its call cannot take fails that call: CANCEL goes out, its slot stays taken until
/// the RESPONSE.
class Replies {
 public:
  explicit Replies(OutgoingCalls& calls) : calls_(calls) {}

  /// A RESPONSE, or a part of one.
  /// @throws WireError C-2 when it answers nothing
  void Response(Envelope& frame);

  /// A MESSAGE of a callee's stream, or a part of one.
  /// @throws WireError C-2, W-4
  void Message(Envelope& frame);

  /// The callee has room for more.
  /// @throws WireError C-2
  void Credit(const Envelope& frame);

 private:
  /// Locked. The call, unless it has ended.
  std::shared_ptr<OutgoingCall> Find(const Envelope& frame) const;
  /// Locked. Takes a part of a RESPONSE that is not the last; why the call must fail.
  std::optional<StatusMessage> Begin(OutgoingCall& call, const Envelope& frame);
  /// Locked. Takes the last frame, whose payload is then all of it; why it cannot be taken.
  std::optional<StatusMessage> Finish(OutgoingCall& call, Envelope& frame);
  /// Tells a call, which is out of the table, of its last RESPONSE.
  static void Tell(OutgoingCall& call, const Envelope& frame, bool got_message);
  static std::optional<StatusMessage> ForeignFault(const OutgoingCall& call, bool success);

  OutgoingCalls& calls_;
  // What the views of a frame point into.
  std::string whole_;
  std::vector<std::pair<std::string, std::string>> metadata_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_REPLIES_H_
