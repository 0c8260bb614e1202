#ifndef PARLEY_CONNECTION_INCOMING_CALL_H_
#define PARLEY_CONNECTION_INCOMING_CALL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "connection/timers.h"
#include "parley/connection/outgoing_message.h"
#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"

namespace parley {

class Connection;

/// One call of the peer, from its REQUEST to its RESPONSE. Safe for use by many threads.
///
/// The rung above gives exactly one answer: Refuse, or else Begin and then Reply or Fail.
class IncomingCall {
 public:
  IncomingCall(std::shared_ptr<Connection> connection, std::uint64_t id, std::size_t size,
               std::optional<std::int64_t> deadline);

  std::uint64_t id() const { return id_; }

  /// When the caller stops waiting, on the clock of the connection; empty: never.
  const std::optional<std::int64_t>& deadline() const { return deadline_; }

  /// How long the caller still waits, in nanoseconds and at least 0.
  std::optional<std::int64_t> Remaining() const;

  /// Answers that the handler did not run and will not.
  void Refuse(int code, std::string text);

  /// The handler is about to run; false if the call was stopped before and is answered already.
  bool Begin();

  /// The handler has returned this. If the call was told to stop, the caller gets the code of the
  /// stop instead.
  void Reply(const OutgoingMessage& message, const std::vector<MetadataField>& metadata);

  /// The handler has failed.
  void Fail(const StatusMessage& status, const std::vector<MetadataField>& metadata);

  /// Whether nobody waits any more: cancelled, past the deadline, or the connection gone.
  bool IsStopped() const;

  /// Runs `listener` once when IsStopped becomes true, or now if it is; on any thread, under no
  /// lock.
  void OnStop(std::function<void()> listener);

  /// Drops the listeners that have not run.
  void ForgetListeners();

 private:
  friend class IncomingCalls;
  enum class State {
    kQueued,   ///< The handler has not started.
    kRunning,  ///< It runs.
    kStopped,  ///< It runs and was told to stop.
    kEnded,    ///< Answered, or cut.
  };

  const std::shared_ptr<Connection> connection_;
  const std::uint64_t id_;
  const std::size_t size_;
  const std::optional<std::int64_t> deadline_;

  // Guarded by the lock of the connection.
  State state_ = State::kQueued;
  bool stopped_ = false;
  StatusMessage stop_;
  std::vector<std::function<void()>> listeners_;
  Timers::Ticket timer_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_INCOMING_CALL_H_
