#include "simulation/scenario.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace parley::simulation {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Carriage DrawCarriage(World& world, bool timely) {
  Carriage carriage;
  carriage.room = static_cast<std::size_t>(world.Pick({64, 1'000, 8'192, 65'536, 300'000}));
  carriage.largest_slice = static_cast<std::size_t>(world.Pick({0, 0, 1, 7, 1'000, 50'000}));
  if (timely) {
    carriage.longest_delay = world.Pick({0, 1'000, 100'000});
  } else {
    carriage.longest_delay = world.Pick({0, 100'000, 20'000'000});
    carriage.stalls = world.Pick({0, 1, 10});
    carriage.longest_stall = world.Pick({1, 10, 100}) * kSecond;
  }
  return carriage;
}

/// Whether bytes come in such small slices that large messages would take too many.
bool IsFine(const Carriage& carriage) {
  return carriage.room < 4'096 || (carriage.largest_slice > 0 && carriage.largest_slice < 1'000);
}

Settings DrawSettings(World& world, std::string name) {
  Settings settings;
  settings.name = std::move(name);
  settings.payload.assign(static_cast<std::size_t>(world.Pick({0, 0, 100, 8'192})), 'p');
  settings.max_frame = static_cast<std::uint32_t>(world.Pick({16'384, 20'000, 65'536, 4 << 20}));
  settings.max_message = static_cast<std::uint64_t>(world.Pick({1'000, 50'000, 200'000, 64 << 20}));
  settings.window = static_cast<std::uint64_t>(world.Pick({1, 100, 5'000, 262'144}));
  settings.max_calls = static_cast<std::uint32_t>(world.Pick({1, 2, 5, 1'024}));
  settings.drain_timeout = std::chrono::milliseconds(world.Pick({0, 10, 1'000, 60'000}));
  return settings;
}

Ending DrawEnding(World& world) {
  const std::int64_t number = world.Between(0, 9);
  if (number < 4) {
    return Ending::kAtRest;
  }
  if (number < 6) {
    return Ending::kCloseMidway;
  }
  return number < 7 ? Ending::kAbortMidway : Ending::kCut;
}

}  // namespace

std::size_t Carriage::Slice(World& world, std::size_t most) const {
  if (largest_slice == 0 || most <= 1) {
    return most;
  }
  const std::size_t largest = std::min(largest_slice, most);
  return static_cast<std::size_t>(world.Between(1, static_cast<std::int64_t>(largest)));
}

std::int64_t Carriage::Delay(World& world) const {
  const bool stall = stalls > 0 && world.Between(1, 1000) <= stalls;
  return world.Skewed(stall ? longest_stall : longest_delay);
}

Scenario Scenario::Draw(World& world) {
  Scenario scenario;
  scenario.timely = world.Chance(70);
  scenario.there = DrawCarriage(world, scenario.timely);
  scenario.back = DrawCarriage(world, scenario.timely);
  scenario.connecting = DrawSettings(world, "connecting");
  scenario.accepting = DrawSettings(world, "accepting");
  scenario.interleaving = static_cast<int>(world.Pick({0, 0, 10, 30, 60}));
  scenario.actions = world.Pick({3, 10, 25, 50});
  const bool fine = IsFine(scenario.there) || IsFine(scenario.back);
  scenario.largest = fine ? 2'000 : world.Pick({100, 20'000, 100'000, 300'000});
  scenario.ending = DrawEnding(world);
  return scenario;
}

}  // namespace parley::simulation
