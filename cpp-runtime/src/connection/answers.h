#ifndef PARLEY_CONNECTION_ANSWERS_H_
#define PARLEY_CONNECTION_ANSWERS_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "connection/incoming_call.h"
#include "connection/long_message.h"
#include "connection/outbox.h"
#include "parley/wire/messages.h"

namespace parley {

/// The RESPONSEs to the peer's calls: exactly one each, the last frame of its call (C-3). Stands
/// under the connection's lock.
class Answers {
 public:
  /// @param end takes a call out of its table, when its RESPONSE is appended
  Answers(Outbox& outbox, std::uint32_t max_refusals, std::function<void(IncomingCall&)> end);

  void Open(const HelloMessage& peer, bool streams);

  /// Answers that the handler did not run and will not.
  /// @throws WireError C-4 when too many refusals wait already
  void Refuse(std::uint64_t id, StatusMessage why);

  /// Answers a call that was stopped before its handler began; its slot counts until it is written.
  void Stopped(IncomingCall& call, StatusMessage why);

  /// Answers with a reply.
  /// @param early the message, if it was encoded before
  void Reply(const std::shared_ptr<IncomingCall>& call, const OutgoingMessage& message,
             LongMessage& early, const std::vector<MetadataField>& metadata);

  /// Answers with a failure.
  void Fail(const std::shared_ptr<IncomingCall>& call, StatusMessage status,
            const std::vector<MetadataField>& metadata);

  /// RESPONSEs of calls that held a slot, which may not be written yet.
  std::size_t Unwritten() { return Unwritten(unwritten_); }

 private:
  class Waiting;

  /// The status as it fits a frame of the peer (C-11).
  StatusMessage Fit(StatusMessage status) const;
  /// A RESPONSE that carries `status`.
  void AppendStatus(std::uint64_t id, StatusMessage status,
                    const std::vector<MetadataField>& metadata);
  /// A frame of a call that holds a slot has been appended, its last one.
  void Ended(IncomingCall& call);
  /// Drops from `ends` what a write was given, and tells how many are left.
  std::size_t Unwritten(std::deque<std::uint64_t>& ends) const;

  Outbox& outbox_;
  const std::uint32_t max_refusals_;
  const std::function<void(IncomingCall&)> end_;
  std::uint64_t max_frame_ = 0;
  std::uint64_t frame_limit_ = 0;
  std::uint64_t max_message_ = 0;
  bool streams_ = false;
  /// Where the RESPONSEs end that may not be written yet: of calls that held a slot, and of those
  /// that were refused one.
  std::deque<std::uint64_t> unwritten_;
  std::deque<std::uint64_t> refusals_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_ANSWERS_H_
