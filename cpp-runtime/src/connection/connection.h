#ifndef PARLEY_CONNECTION_CONNECTION_H_
#define PARLEY_CONNECTION_CONNECTION_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connection/arrivals.h"
#include "connection/busy_poll.h"
#include "connection/event_windows.h"
#include "connection/held_bytes.h"
#include "connection/incoming_calls.h"
#include "connection/keepalive.h"
#include "connection/outbox.h"
#include "connection/outgoing_calls.h"
#include "connection/pings.h"
#include "connection/reading.h"
#include "connection/receiver.h"
#include "connection/replies.h"
#include "connection/seat.h"
#include "connection/settings.h"
#include "connection/timers.h"
#include "parley/transport/link.h"
#include "parley/wire/frame_reader.h"
#include "parley/wire/wire_error.h"

namespace parley {

/// One live duplex connection: handshake, calls and events both ways, ping, and the ways to its
/// end. Symmetric after the handshake. Safe for use by many threads, as CONCURRENCY.md says.
///
///     HANDSHAKE ──HELLOs──> OPEN ──GOAWAY sent──> DRAINING ──no calls, all written──┐
///         │                  │                        │                            v
///         └──────────────────┴── broken rule: GOAWAY ─┴──────────────────────> GOODBYE ──> ENDED
///
/// GOODBYE writes what is queued, shuts down writing, and reads and discards for a moment (G-5).
/// The end of the stream leads from everywhere to ENDED (G-4).
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  /// @param peer what messages call the peer: the address that was dialled; an accepted one is
  ///     called by what it claims as soon as it has said HELLO
  Connection(Side side, std::unique_ptr<Link> link, Settings settings,
             std::shared_ptr<Timers> timers, std::shared_ptr<Receiver> receiver, std::string peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // For the loop that holds it.

  /// Begins: checks who the peer is (H-4) and says HELLO if this side connects.
  void Begin(std::unique_ptr<Seat> seat);

  /// What a look at the connection came to.
  enum class Seen { kNothing, kSomething, kOthersRead };

  /// The descriptor is ready.
  Seen Ready(bool readable, bool writable);

  /// Reads what is there, while the loop polls.
  Seen Look();

  /// Whether frames that were read wait to be taken. Any thread.
  bool FramesWait() const { return frames_wait_.load(); }

  /// Sees to it that a connection is read which callers have read, after they have all gone;
  /// whether the loop has to come again.
  bool Tick();

  /// How long a reader polls it, in nanoseconds.
  std::int64_t busy_poll() const { return settings_.busy_poll.count(); }

  /// Notes that the loop will flush it; false if that is noted already.
  bool Stage() { return !std::exchange(staged_, true); }
  /// Does it.
  void FlushStaged();
  /// Flush where nobody takes what it throws.
  void FlushSafely() noexcept;

  /// Notes that the loop has read it since it slept last; false if that is noted already.
  bool Warm() { return !std::exchange(warm_, true); }
  /// The loop is about to sleep: gives back memory that an idle connection does not need.
  void Cool();

  // For all.

  /// Waits until the waiter is over, or until that time on the connection's clock, and reads
  /// meanwhile if nobody does. `call` is what the waiter belongs to, if that is a call of this
  /// side: somebody waits for it from now on.
  void Await(OutgoingCall* call, Waiter& waiter, const std::optional<std::int64_t>& until);

  /// Starts a call; see OutgoingCalls::Start.
  void StartCall(const std::shared_ptr<OutgoingCall>& call, const OutgoingRequest& request,
                 bool keeps_deadline);

  /// Ends a call for its application; see OutgoingCalls::Leave.
  bool LeaveCall(OutgoingCall& call, const StatusMessage& why);

  /// Offers a message of the caller's stream to a call; see OutgoingCalls::Try. Whoever offered
  /// calls Flush, holding no lock of its own.
  Offer Try(const std::shared_ptr<OutgoingCall>& call, const OutgoingMessage& message) {
    return outgoing_.Try(call, message);
  }

  /// Says that no more messages follow from this side; without effect the second time.
  void FinishSending(OutgoingCall& call);

  /// Says that a message of the callee's was consumed, or dropped: there is room for more (W-3).
  void Consumed(OutgoingCall& call, std::uint64_t cost);

  /// Says that an event with so large a payload was handled, or dropped.
  void EventConsumed(std::size_t payload);

  /// Queues an event; why it cannot be, or nothing. Never waits.
  std::optional<StatusMessage> SendEvent(std::string_view name, const OutgoingMessage& message,
                                         const std::vector<MetadataField>& metadata);

  /// Sends a PING.
  void Ping(Pings::Listener listener);

  /// Closes gracefully: no more of the peer's calls are taken, those in flight finish, at most for
  /// the drain limit. Returns at once. With `for_good` the peer is told not to connect again by
  /// itself.
  void Close(bool for_good = false);

  /// Whether this side may connect again by itself once this connection has ended: not if the peer
  /// has said so, or has said a HELLO that will not do, or is not whom this side wants (G-6).
  bool MayReturn() const { return may_return_.load(); }

  /// Says GOAWAY with `why` and closes. In the loop.
  void Refuse(const StatusMessage& why);

  /// Ends every call at once, tells the peer `why` and closes. Returns before it has ended.
  void CloseNow(StatusMessage why);

  /// Ends at once, without a word. Returns before it has ended.
  void Abort(StatusMessage why);

  /// Waits until the connection has ended.
  void AwaitEnded();

  /// Whether calls can be started, as far as this side knows.
  bool IsOpen() const;

  /// Whether a call that is started now would be sent, but for its own faults and the bound of
  /// calls in flight.
  bool TakesCalls() const { return outgoing_.TakesCalls(); }

  const Credentials& credentials() const { return credentials_; }
  const Timers& timers() const { return *timers_; }

  /// The answers of IncomingCall come in here.
  IncomingCalls& incoming() { return incoming_; }

  /// Writes what is queued; any thread, under no lock.
  void Flush();

  /// The same, or has the loop do it behind the job that this is called in.
  void FlushSoon();
  /// The same for a call that nobody waits for: while others are on their way, the reply to one of
  /// them has the next ones written together.
  void FlushCalls();

  /// The same for a message of a stream: what is sent in quick succession goes out together, the
  /// last of it after about 100 us at the latest.
  void FlushSends();

  /// Runs a job in the loop, if that is what reads here; see Seat::Post. By the thread that reads.
  bool Post(const std::shared_ptr<Job>& job);

 private:
  enum class State { kHandshake, kOpen, kDraining, kGoodbye, kEnded };

  /// The reading role in the hands of the loop, for what no caller may read beside. Callers give it
  /// up within microseconds.
  class LoopHold;

  // Reading: connection_reading.cc and connection_waiting.cc, all with the role.

  /// By the loop: reads what is there, up to a bound, and whether there was anything.
  bool ReadInLoop();
  /// What a round of reading came to.
  enum class Round { kAgain, kLast, kDry, kEnd };
  Round ReadOnce();
  void Take();
  /// By the loop: ends the connection for what was found wrong while reading.
  void Complain();
  /// Without the role. Something was thrown: the connection ends, and the others live on.
  void Failed(int code, const char* what) noexcept;
  void WatchFrame();
  void Rest();
  /// By a caller: reads until the waiter is over; false once nothing has come for too long.
  bool ReadAsCaller(const Waiter& waiter, const std::optional<std::int64_t>& until);
  bool PollAsCaller(const Waiter& waiter, const std::optional<std::int64_t>& until);
  /// By a caller: sees to it that somebody reads from now on, and gives the role up.
  void HandBack();
  void Arm();
  void Disarm();
  /// Without the role. Whether there is somebody whom a caller that reads might forget.
  bool NeedsLoop() const;
  /// Without the role. Has the loop wait for the descriptor if it needs to and does not.
  void Settle();
  /// Runs `task` soon in the loop, with the role.
  void InLoop(std::function<void(Connection&)> task);
  /// In the loop: flushes what was sent in quick succession, and comes again while that goes on.
  void KeepPromise();
  void KeepLater();

  void Handle(Envelope& frame);
  void Credit(const Envelope& frame);
  /// Whether the frame's call was opened by this side.
  bool IsOurs(const Envelope& frame) const;
  void HandleFirst(const Envelope& frame);
  void Hello(const Envelope& frame);
  void Answer();
  void SayHello();
  void PeerGoesAway(const Envelope& frame);
  void FrameLate(std::uint64_t frames);
  void LookForLife();

  void CloseWith(const StatusMessage& why, bool for_good = false);
  /// Locked. The first cause wins, but a graceful end gives way to a failure.
  void SetCause(const StatusMessage& why, bool graceful);
  /// Locked. What calls are told of the end.
  StatusMessage Cut() const;
  /// Locked.
  void AppendGoAway(const StatusMessage& why, bool for_good);
  /// After a write: makes use of room and of an empty outbox.
  void AfterFlush(Outbox::Flushed flushed);
  /// All is written: shuts down writing and lingers. By the thread that reads.
  void Linger();
  void End(const StatusMessage& why);
  void SetTimer(Timers::Ticket& ticket, std::chrono::nanoseconds delay, void (Connection::*then)());
  void HandshakeLate();
  void DrainLate();
  void LingerLate();
  State state() const;

  const Side side_;
  const std::unique_ptr<Link> link_;
  const Credentials credentials_;
  const Settings settings_;
  const std::shared_ptr<Timers> timers_;

  /// Lock A of CONCURRENCY.md.
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  Outbox outbox_;
  HeldBytes held_;
  EventWindows events_;
  OutgoingCalls outgoing_;
  Replies replies_;
  IncomingCalls incoming_;
  Arrivals arrivals_;
  Pings pings_;

  // Guarded by mutex_; the state is read without it as well.
  std::atomic<State> state_{State::kHandshake};
  std::optional<StatusMessage> cause_;
  bool graceful_cause_ = false;
  bool failed_here_ = false;
  bool ready_to_linger_ = false;
  bool told_ = false;
  std::uint32_t level_ = 0;
  std::uint32_t max_frame_ = limits::kFirstFrame;
  std::uint64_t max_message_ = 0;

  // Set by Begin, before any other thread comes.
  std::unique_ptr<Seat> seat_;

  /// When a message of a stream was flushed last, and whether the loop is to flush the next ones.
  std::atomic<std::int64_t> sent_at_{0};
  std::atomic<bool> may_return_{true};
  std::atomic<bool> promised_{false};

  Reading reading_;
  /// The loop wants the role.
  std::atomic<bool> wanted_{false};
  /// Whether the loop waits for something to read; written with the role.
  std::atomic<bool> armed_{true};
  /// Callers that gave up reading and sleep.
  std::atomic<int> sleeping_{0};

  // Touched by the holder of the reading role alone.
  std::shared_ptr<Receiver> receiver_;
  std::string peer_;
  std::string claimed_;
  FrameReader reader_;
  Envelope frame_;
  std::uint64_t frames_ = 0;
  std::uint64_t watched_frame_ = UINT64_MAX;
  /// What was found wrong while reading: no more is read, and the loop ends the connection.
  std::optional<StatusMessage> fault_;
  /// A frame has led to a job, which runs before the next frame is taken; and frames wait for that.
  bool posted_ = false;
  std::atomic<bool> frames_wait_{false};
  /// A caller has met the end of the stream, or a fault.
  bool end_seen_ = false;
  bool reads_nothing_ = false;
  bool lingers_ = false;
  std::optional<HelloMessage> unanswered_;
  Timers::Ticket phase_timer_;
  Timers::Ticket frame_timer_;
  Keepalive keepalive_;
  Timers::Ticket keepalive_timer_;
  BusyPoll caller_poll_;
  std::int64_t left_at_ = 0;
  std::uint64_t caller_turns_ = 0;
  std::uint64_t ticked_turns_ = 0;
  bool ticks_ = false;

  // Touched by the loop alone.
  bool staged_ = false;
  bool warm_ = false;
};

/// Held by the loop only at the top of its work, never while it has the role already.
class Connection::LoopHold {
 public:
  explicit LoopHold(Connection& connection);
  LoopHold(const LoopHold&) = delete;
  LoopHold& operator=(const LoopHold&) = delete;
  ~LoopHold();

  /// False once the connection has ended.
  explicit operator bool() const { return held_; }

 private:
  Connection& connection_;
  bool held_ = false;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_CONNECTION_H_
