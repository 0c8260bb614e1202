#ifndef PARLEY_TESTS_SIMULATION_SIMULATION_H_
#define PARLEY_TESTS_SIMULATION_SIMULATION_H_

#include <cstdint>
#include <string>

namespace parley::simulation {

/// What playing a seed came to.
struct Played {
  /// The invariant that did not hold; empty when all did.
  std::string breach;
  /// What happened, line by line, if it was asked for.
  std::string journal;
};

/// Plays a seed, from the handshake until nothing of the connection is left. Always the same for
/// the same seed.
Played Play(std::uint64_t seed, bool writes_journal = false);

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_SIMULATION_H_
