#ifndef PARLEY_CONNECTION_CONNECTION_H_
#define PARLEY_CONNECTION_CONNECTION_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connection/arrivals.h"
#include "connection/event_windows.h"
#include "connection/held_bytes.h"
#include "connection/incoming_calls.h"
#include "connection/keepalive.h"
#include "connection/outbox.h"
#include "connection/outgoing_calls.h"
#include "connection/pings.h"
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

  /// Begins, by the thread that reads: checks who the peer is (H-4) and says HELLO if this side
  /// connects.
  void Begin(std::unique_ptr<Seat> seat);

  /// The descriptor is ready. By the thread that reads.
  void Ready(bool readable, bool writable);

  /// Starts a call; see OutgoingCalls::Start. Never from the thread that reads.
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
  /// the drain limit. Returns at once.
  void Close();

  /// Says GOAWAY with `why` and closes. By the thread that reads.
  void Refuse(const StatusMessage& why) { CloseWith(why); }

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

 private:
  enum class State { kHandshake, kOpen, kDraining, kGoodbye, kEnded };

  void OnReady(bool readable, bool writable);
  /// Something was thrown while the connection read or wrote: it ends, and the others live on.
  void Failed(int code, const char* what) noexcept;
  void Read();
  /// What a round of reading came to.
  enum class Round { kAgain, kDry, kEnd };
  Round ReadOnce();
  void Take();
  void Handle(Envelope& frame);
  void Credit(const Envelope& frame);
  /// Whether the frame's call was opened by this side.
  bool IsOurs(const Envelope& frame) const;
  void HandleFirst(const Envelope& frame);
  void Hello(const Envelope& frame);
  void Answer();
  void SayHello();
  void PeerGoesAway(const Envelope& frame);
  void WatchFrame();
  void FrameLate(std::uint64_t frames);
  void LookForLife();

  void CloseWith(const StatusMessage& why);
  /// Locked. The first cause wins, but a graceful end gives way to a failure.
  void SetCause(const StatusMessage& why, bool graceful);
  /// Locked. What calls are told of the end.
  StatusMessage Cut() const;
  /// Locked.
  void AppendGoAway(const StatusMessage& why);
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

  // Guarded by mutex_.
  State state_ = State::kHandshake;
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

  // Touched by the holder of the reading role alone.
  enum class Reader { kNone, kLoop };
  std::atomic<Reader> reading_{Reader::kNone};
  std::shared_ptr<Receiver> receiver_;
  std::string peer_;
  std::string claimed_;
  FrameReader reader_;
  Envelope frame_;
  std::uint64_t frames_ = 0;
  std::uint64_t watched_frame_ = UINT64_MAX;
  bool any_byte_ = false;
  bool reads_nothing_ = false;
  bool lingers_ = false;
  std::optional<HelloMessage> unanswered_;
  Timers::Ticket phase_timer_;
  Timers::Ticket frame_timer_;
  Keepalive keepalive_;
  Timers::Ticket keepalive_timer_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_CONNECTION_H_
