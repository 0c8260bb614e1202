#include "simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

// Two connections against each other through bytes that come in pieces, late, or not at all, by a
// seed. PARLEY_SIMULATION_SEEDS=N plays seeds 0 to N - 1, PARLEY_SIMULATION_SEED=S plays that one.

namespace parley::simulation {
namespace {

std::uint64_t Number(const char* variable, std::uint64_t otherwise) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? otherwise : std::stoull(value);
}

/// Plays a seed; if an invariant does not hold, plays it again to tell how it came to that.
bool PlaysWell(std::uint64_t seed) {
  const Played played = Play(seed);
  if (played.breach.empty()) {
    return true;
  }
  const Played again = Play(seed, true);
  ADD_FAILURE() << "seed " << seed << ": " << played.breach << "\n"
                << (again.breach == played.breach ? "" : "again: " + again.breach + "\n")
                << "play it alone with PARLEY_SIMULATION_SEED=" << seed << "\n"
                << again.journal;
  return false;
}

TEST(Simulation, WhateverHappensToTheBytesEveryCallEndsOnceAndNothingRemains) {
  constexpr std::uint64_t kNone = UINT64_MAX;
  const std::uint64_t one = Number("PARLEY_SIMULATION_SEED", kNone);
  if (one != kNone) {
    PlaysWell(one);
    return;
  }
  const std::uint64_t seeds = Number("PARLEY_SIMULATION_SEEDS", PARLEY_SIMULATION_SEEDS);
  for (std::uint64_t seed = 0; seed < seeds && PlaysWell(seed); ++seed) {
  }
}

TEST(Simulation, ASeedAlwaysComesToTheSame) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(Play(seed, true).journal, Play(seed, true).journal);
  }
}

}  // namespace
}  // namespace parley::simulation
