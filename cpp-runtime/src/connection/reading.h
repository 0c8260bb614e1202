#ifndef PARLEY_CONNECTION_READING_H_
#define PARLEY_CONNECTION_READING_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "parley/connection/waiter.h"

namespace parley {

/// The role of reading one connection: its holder alone touches the input buffer and takes frames.
/// Safe for use by many threads; its lock is held over nothing but calling a waiter.
///
/// Taken only from NONE and by compare-and-swap, never inherited. A thread that waits for a reply
/// takes it itself, so that no other has to wake it; those that find it taken park here, and
/// whoever leaves calls one of them.
class Reading {
 public:
  enum class Role {
    kNone,
    kLoop,    ///< The loop reads, or does what nobody may read beside.
    kCaller,  ///< A thread that waits for a reply reads.
    kOver,    ///< The connection has ended.
  };

  /// Takes the role if nobody has it.
  bool Take(Role role) {
    Role none = Role::kNone;
    return role_.load(std::memory_order_relaxed) == Role::kNone &&
           role_.compare_exchange_strong(none, role);
  }

  /// Gives it back. By its holder.
  void Release() { role_.store(Role::kNone); }

  /// Keeps it for ever. By its holder.
  void Retire() { role_.store(Role::kOver); }

  bool IsFree() const { return role_.load() == Role::kNone; }
  bool IsOver() const { return role_.load() == Role::kOver; }

  /// Sleeps until the waiter is over or called, or until that time; not at all if the role is free.
  void Park(Waiter& waiter, const std::optional<std::int64_t>& until);

  /// Whether anybody is parked.
  bool HasParked() const { return parked_count_.load() > 0; }

  /// Calls the one that has parked for the longest time, if any and if the role is free.
  void CallNext();

 private:
  std::atomic<Role> role_{Role::kNone};
  std::atomic<int> parked_count_{0};
  std::mutex mutex_;
  std::deque<Waiter*> parked_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_READING_H_
