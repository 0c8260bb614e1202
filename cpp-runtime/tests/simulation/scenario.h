#ifndef PARLEY_TESTS_SIMULATION_SCENARIO_H_
#define PARLEY_TESTS_SIMULATION_SCENARIO_H_

#include <cstddef>
#include <cstdint>

#include "connection/settings.h"
#include "simulation/world.h"

namespace parley::simulation {

/// How one direction treats bytes.
struct Carriage {
  /// How many may be on their way.
  std::size_t room = 0;
  /// The most that one read or write takes; 0 for all there is.
  std::size_t largest_slice = 0;
  /// How late a slice may come, in nanoseconds.
  std::int64_t longest_delay = 0;
  /// How many slices in a thousand stand still for long.
  std::int64_t stalls = 0;
  std::int64_t longest_stall = 0;

  std::size_t Slice(World& world, std::size_t most) const;
  std::int64_t Delay(World& world) const;
};

/// How the connection comes to its end.
enum class Ending {
  /// First everything ends by itself, and what has to be true of an idle connection is checked.
  kAtRest,
  kCloseMidway,
  kAbortMidway,
  kCut,
};

/// What a seed stands for: how bytes travel, what each side says of itself, how much happens, and
/// how it ends.
struct Scenario {
  Carriage there;
  Carriage back;
  /// Whether bytes travel fast enough that no time-out of the protocol's can pass.
  bool timely = true;
  Settings connecting;
  Settings accepting;
  int interleaving = 0;
  std::int64_t actions = 0;
  /// The largest message that the applications send, in bytes.
  std::int64_t largest = 0;
  Ending ending = Ending::kAtRest;

  static Scenario Draw(World& world);
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_SCENARIO_H_
