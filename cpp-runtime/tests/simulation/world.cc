#include "simulation/world.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace parley::simulation {
namespace {

// Far more than any seed needs: a world that never comes to rest is a finding.
constexpr std::uint64_t kMostEvents = 2'000'000;
constexpr int kDeepest = 3;
// How far ahead of the present other threads may get during a call.
constexpr std::int64_t kAhead = 1'000'000;

}  // namespace

std::int64_t World::Between(std::int64_t least, std::int64_t most) {
  return least +
         static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
}

std::int64_t World::Skewed(std::int64_t most) {
  int bits = 0;
  while (bits < 63 && (most >> bits) > 0) {
    ++bits;
  }
  return Between(0, bits == 0 ? 0 : most >> Between(0, bits - 1));
}

std::int64_t World::Pick(const std::vector<std::int64_t>& choices) {
  return choices[static_cast<std::size_t>(
      Between(0, static_cast<std::int64_t>(choices.size()) - 1))];
}

World::Key World::At(std::int64_t when, Action action, int loop) {
  const Key key{std::max(when, now_), static_cast<std::uint32_t>(random_()), ++count_};
  events_.emplace(key, Event{loop, std::move(action)});
  return key;
}

void World::Rest() {
  while (!events_.empty()) {
    Happen(events_.begin());
  }
}

void World::Happen(Events::iterator event) {
  Check(count_ < kMostEvents, "the two sides do not come to rest");
  now_ = std::max(now_, std::get<0>(event->first));
  const Event happens = std::move(event->second);
  events_.erase(event);
  const bool takes = happens.loop != kNoLoop && busy_.insert(happens.loop).second;
  happens.action();
  if (takes) {
    busy_.erase(happens.loop);
  }
  if (!failure_.empty()) {
    throw Breach(failure_);
  }
}

void World::Interleave(int kept) {
  if (depth_ >= kDeepest || !Chance(interleaving_)) {
    return;
  }
  ++depth_;
  const bool takes = busy_.insert(kept).second;
  const std::int64_t until = now_ + Skewed(kAhead);
  for (std::int64_t turns = Between(1, 4); turns > 0; --turns) {
    const auto next = std::find_if(events_.begin(), events_.end(), [this](const auto& event) {
      return busy_.count(event.second.loop) == 0;
    });
    if (next == events_.end() || std::get<0>(next->first) > until) {
      break;
    }
    Happen(next);
  }
  if (takes) {
    busy_.erase(kept);
  }
  --depth_;
}

void World::Check(bool holds, const std::string& invariant) {
  if (!holds) {
    if (failure_.empty()) {
      failure_ = invariant;
    }
    throw Breach(invariant);
  }
}

void World::Tell(const std::string& line) {
  if (writes_journal_) {
    char time[32];
    std::snprintf(time, sizeof(time), "%12.6f ms  ", static_cast<double>(now_ - kBeginning) / 1e6);
    journal_.push_back(time + line);
  }
}

}  // namespace parley::simulation
