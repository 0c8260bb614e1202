#ifndef PARLEY_TRANSPORT_POLLER_H_
#define PARLEY_TRANSPORT_POLLER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "parley/export.h"
#include "parley/transport/descriptor.h"

namespace parley {

/// What to wait for. Bits may be joined.
enum class Interest : unsigned { kNone = 0, kRead = 1, kWrite = 2, kBoth = 3 };

/// A descriptor that is ready. The end of a stream and an error show as both.
struct Ready {
  std::uint64_t token;
  bool readable;
  bool writable;
};

/// A bell that any thread rings to wake one that waits for descriptors. Rings that come together
/// count as one.
class PARLEY_EXPORT Bell {
 public:
  /// @throws TransportError kExhausted
  Bell();
  void Ring() noexcept;
  /// Takes back all rings.
  void Silence() noexcept;
  /// Readable while it rings.
  int descriptor() const { return read_.number(); }

 private:
  Descriptor read_;
  Descriptor write_;
};

/// Waits for many descriptors, level-triggered: epoll on Linux, poll elsewhere.
///
/// One thread waits at a time; any thread may add, change, remove and wake up meanwhile. A
/// descriptor must be removed before it is closed. A token is any number but `kBellToken`. After
/// `Remove` returned, a `Wait` that was already under way may still report its token once.
class PARLEY_EXPORT Poller {
 public:
  /// A wait without end.
  static constexpr std::chrono::nanoseconds kForever{-1};
  static constexpr std::uint64_t kBellToken = ~std::uint64_t{0};

  /// @throws TransportError kExhausted
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// @throws TransportError
  void Add(int descriptor, std::uint64_t token, Interest interest);
  /// With `kNone` nothing is reported, not even the end of the stream.
  void Change(int descriptor, std::uint64_t token, Interest interest);
  void Remove(int descriptor) noexcept;

  /// Waits until something is ready, `Wakeup` was called, or the time is up (rounded up to whole
  /// milliseconds, unless it is short and the system can do better; 0 returns at once). Fills at
  /// most `room` places and returns how many; 0 also after a wake-up or a change of what is
  /// watched.
  std::size_t Wait(Ready* ready, std::size_t room, std::chrono::nanoseconds timeout);

  /// Ends the present `Wait`, or the next one.
  void Wakeup() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Waits for one descriptor, and for `bell` unless it is null. Returns true when the descriptor is
/// ready, ended or failed; false when the time is up or only the bell rang, which keeps ringing.
PARLEY_EXPORT bool WaitFor(int descriptor, Interest interest, const Bell* bell,
                           std::chrono::nanoseconds timeout);

}  // namespace parley

#endif  // PARLEY_TRANSPORT_POLLER_H_
