#ifndef PARLEY_CONNECTION_INCOMING_CALL_H_
#define PARLEY_CONNECTION_INCOMING_CALL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "connection/assembly.h"
#include "connection/message_receiver.h"
#include "connection/message_sender.h"
#include "connection/timers.h"
#include "parley/connection/job.h"
#include "parley/connection/offer.h"
#include "parley/connection/outgoing_message.h"
#include "parley/connection/waiter.h"
#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"

namespace parley {

class Connection;

/// One call of the peer, from its REQUEST to its RESPONSE. Safe for use by many threads.
///
/// The rung above gives exactly one answer: Refuse, or else Begin and then Reply or Fail.
class IncomingCall {
 public:
  /// Takes what arrives for a call whose caller streams; by the thread that reads, in order.
  class Requests {
   public:
    virtual ~Requests() = default;
    /// A message, whose views live until this returns; `cost` is to be given back once it is
    /// consumed.
    virtual void Message(const Envelope& message, std::uint64_t cost) = 0;
    /// The caller has half-closed: no more messages.
    virtual void End() = 0;
  };

  IncomingCall(std::shared_ptr<Connection> connection, const Envelope& request,
               std::optional<std::int64_t> deadline);

  std::uint64_t id() const { return id_; }

  /// The name in the REQUEST, and what came beside it.
  const std::string& method() const { return method_; }
  std::vector<MetadataField> metadata() const;

  /// Whether the caller's messages follow the REQUEST, which has none itself.
  bool open() const { return open_; }

  /// Gives the request away, so that it can be parsed later; none if it did not come in parts. By
  /// the thread that reads, in Receiver::Request, once.
  std::string TakeWhole() { return whole_ == nullptr ? std::string() : std::move(*whole_); }

  /// Whether both sides have agreed on a level with streams.
  bool MayStream() const;

  /// Sets what takes the caller's messages; by the thread that reads, in Receiver::Request.
  void OnRequests(const std::shared_ptr<Requests>& requests) { requests_ = requests; }

  /// Sets what is told, by any thread, when an offer that found no room may succeed. Set before the
  /// first offer.
  void OnSendable(std::function<void()> listener) { sendable_ = std::move(listener); }

  /// Offers a message of the callee's stream; never waits. kOver if the call has been stopped, or
  /// is stopped because of it. Whoever offered calls Flush, holding no lock of its own.
  Offer Try(const OutgoingMessage& message) { return Try(message, {}, 0); }
  /// The same, of a topic (T-2, T-3).
  /// @param sent_by who published it; nothing: this side
  /// @param missed how many were dropped just before
  Offer Try(const OutgoingMessage& message, std::string_view sent_by, std::uint64_t missed);
  void Flush();
  /// Flush for messages; see Connection::FlushSends.
  void FlushSends();

  /// Says that a message of the caller's was consumed, or dropped: there is room for more (W-3).
  void Consumed(std::uint64_t cost);

  /// Waits until the waiter is over, and reads the connection meanwhile if nobody does.
  void Await(Waiter& waiter);

  /// Runs a job where the connection is read; see Seat::Post. By the thread that reads.
  bool Post(const std::shared_ptr<Job>& job);

  /// Ends the call for its handler, and answers `why` when that has returned.
  void Stop(const StatusMessage& why);

  /// Ends the whole connection, and tells the peer `why`, behind what was answered before.
  void CloseConnection(const StatusMessage& why);

  /// Why nobody waits for the answer any more.
  std::optional<StatusMessage> WhyStopped() const;

  /// When the caller stops waiting, on the clock of the connection; empty: never.
  const std::optional<std::int64_t>& deadline() const { return deadline_; }

  /// How long the caller still waits, in nanoseconds and at least 0.
  std::optional<std::int64_t> Remaining() const;

  /// Answers that the handler did not run and will not.
  void Refuse(int code, std::string text);

  /// The handler is about to run; false if the call was stopped before and is answered already.
  bool Begin();

  /// The handler has returned this, which is nothing where the callee streams. It is sent behind
  /// the messages that were taken before. If the call was told to stop, the caller gets the code of
  /// the stop instead.
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
  friend class Arrivals;
  friend class Answers;
  enum class State {
    kQueued,   ///< The handler has not started.
    kRunning,  ///< It runs.
    kStopped,  ///< It runs and was told to stop.
    kEnded,    ///< Answered, or cut.
  };

  const std::shared_ptr<Connection> connection_;
  const std::uint64_t id_;
  const std::string method_;
  const std::vector<std::pair<std::string, std::string>> metadata_;
  const bool open_;
  const std::optional<std::int64_t> deadline_;

  // Guarded by the lock of the connection.
  State state_ = State::kQueued;
  std::optional<StatusMessage> stop_;
  /// The bytes of its request, which count among those held until it ends (C-11).
  std::uint64_t holds_ = 0;
  /// While its REQUEST is put together.
  std::optional<Assembly> assembly_;
  /// Set if the caller streams.
  std::unique_ptr<MessageReceiver> receiver_;
  /// Set with the first message that is sent, if the callee streams.
  std::shared_ptr<MessageSender> sender_;
  bool caller_done_ = false;
  bool answered_ = false;
  std::vector<std::function<void()>> listeners_;
  Timers::Ticket timer_;

  // Touched by the thread that reads, and set before any message can come.
  std::string* whole_ = nullptr;
  std::weak_ptr<Requests> requests_;
  std::function<void()> sendable_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_INCOMING_CALL_H_
