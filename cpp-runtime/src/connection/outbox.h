#ifndef PARLEY_CONNECTION_OUTBOX_H_
#define PARLEY_CONNECTION_OUTBOX_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection/byte_buffer.h"
#include "connection/spare_bytes.h"
#include "parley/connection/outgoing_message.h"
#include "parley/transport/link.h"
#include "parley/wire/envelope.h"

namespace parley {

/// Frames on their way out, and the role of writing them.
///
/// Whoever has something to say appends it under the connection's lock; whoever gets the write role
/// writes for all. The role is a state, not a thread: while the socket is full it stays taken, as
/// BLOCKED, until the loop finds the socket writable. Nobody ever waits for a write.
///
/// Methods marked "locked" are called under the connection's lock, `Flush` and its kin outside.
class Outbox {
 public:
  /// With as many bytes staged, requests wait for room and events fail (F-3, W-7).
  static constexpr std::size_t kRoom = 256u << 10;

  /// With as many bytes staged, parts of messages wait for their next turn: a small call never has
  /// more of them before it.
  static constexpr std::size_t kTurns = 128u << 10;

  Outbox(std::mutex& mutex, Link& link) : mutex_(mutex), link_(link) {}

  /// Locked. The last frame has been appended: what still comes is dropped (G-5).
  void Seal() {
    sealed_ = true;
    pong_.reset();
  }

  /// Something that waits for room, or for its next turn.
  class Turn {
   public:
    virtual ~Turn() = default;
    /// Locked. Appends one frame, or nothing; whether more of it waits: it then has another turn
    /// when all others had theirs (F-10).
    virtual bool Stage() = 0;
  };

  /// Locked. Lets something wait for its turn.
  void Await(std::shared_ptr<Turn> turn) {
    turns_.push_back(std::move(turn));
    has_work_.store(true);
  }

  /// Locked. Forgets what waits.
  void Withdraw(const Turn* turn);

  /// Lets go of all that waits, once every call has been told of its end.
  void Forget();

  /// Locked. Has `task` run soon, by this thread or another, without the lock.
  void Later(std::function<void()> task) {
    later_.push_back(std::move(task));
    has_later_.store(true);
  }

  /// Runs what is to be run without the lock; by any thread.
  void RunLater();

  /// Locked. Appends a frame; false, and nothing is appended, when the message does not write
  /// itself.
  bool Append(const Envelope& head, const OutgoingMessage& message = {});

  /// Locked. Has the newest PONG answer, in place of one that is not yet on its way (P-1, W-7).
  void AppendPong(std::uint64_t id) {
    if (!sealed_) {
      pong_ = id;
      has_work_.store(true);
    }
  }

  /// Locked. The position of the next byte to be appended.
  std::uint64_t position() const { return appended_; }

  /// What long messages are encoded in.
  SpareBytes& spare() { return spare_; }

  /// Locked. Whether a write was given the byte at `position`, unless it took none of it (C-8).
  bool WasSent(std::uint64_t position) const { return given_ > position; }

  /// Locked. Bytes that the kernel has not taken.
  std::size_t queued() const { return static_cast<std::size_t>(appended_ - taken_); }
  /// Locked. What is being written does not count, so that the next batch gathers meanwhile.
  bool HasRoom() const { return filling_.size() < kRoom && turns_.empty(); }
  bool IsEmpty() const { return queued() == 0 && !pong_.has_value() && turns_.empty(); }

  /// Locked. Nothing more is written (F-1).
  bool broken() const { return broken_; }

  /// Whether there may be something to flush. Whoever has appended something gets true until a
  /// write was given it.
  bool HasWork() const { return has_work_.load(); }

  /// About how many bytes wait to be written, but for those that are.
  std::size_t filled() const { return filled_.load(std::memory_order_relaxed); }

  /// What a flush came to.
  enum class Flushed {
    kDone,     ///< Nothing is left, or somebody else writes it.
    kBlocked,  ///< The socket is full: wait for it, then call Resume.
    kBroken,   ///< The write failed; nothing more will be written.
  };

  /// Writes all there is, unless somebody else is at it.
  Flushed Flush();

  /// Gives back memory that an idle outbox does not need; or flushes.
  Flushed Rest();

  /// The socket is writable: goes on where a flush was blocked.
  Flushed Resume();

  /// Takes the write role for ever, so that the link can be closed. Waits for a write under way,
  /// which never blocks.
  void Retire();

  /// Whether a flush waits for the socket.
  bool IsBlocked() const { return role_.load() == Role::kBlocked; }

  /// For the wire log: the peer's name.
  void SetPeer(const std::string& peer) { peer_ = peer; }

 private:
  enum class Role { kFree, kHeld, kBlocked, kRetired };

  /// With the role held, which it gives up: writes until nothing is left, the socket is full or
  /// broken.
  Flushed WriteAll();
  /// Locked. Moves what was appended to where it is written from.
  bool TakeBatch();

  std::mutex& mutex_;
  Link& link_;
  std::string peer_;
  // Guarded by mutex_.
  ByteBuffer filling_;
  std::deque<std::shared_ptr<Turn>> turns_;
  std::vector<std::function<void()>> later_;
  bool runs_later_ = false;
  std::optional<std::uint64_t> pong_;
  std::uint64_t appended_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t given_ = 0;
  bool broken_ = false;
  bool sealed_ = false;

  // Touched by the holder of the write role alone.
  ByteBuffer writing_;
  std::size_t written_ = 0;

  SpareBytes spare_;

  std::atomic<Role> role_{Role::kFree};
  std::atomic<bool> has_later_{false};
  std::atomic<bool> has_work_{false};
  std::atomic<std::size_t> filled_{0};
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTBOX_H_
