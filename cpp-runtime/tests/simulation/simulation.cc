#include "simulation/simulation.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulation/pipe.h"
#include "simulation/scenario.h"
#include "simulation/side.h"
#include "simulation/simulated_call.h"
#include "simulation/wire_calls.h"
#include "simulation/wire_tap.h"
#include "simulation/world.h"

namespace parley::simulation {
namespace {

/// The names before a colon in a text, as "C-5" in "C-5: too many calls".
std::vector<std::string> RulesNamedIn(const std::string& text) {
  std::vector<std::string> rules;
  for (std::size_t colon = text.find(':'); colon != std::string::npos;
       colon = text.find(':', colon + 1)) {
    std::size_t begin = colon;
    while (begin > 0 && std::isdigit(static_cast<unsigned char>(text[begin - 1])) != 0) {
      --begin;
    }
    if (begin < colon && begin >= 2 && text[begin - 1] == '-' && text[begin - 2] >= 'A' &&
        text[begin - 2] <= 'Z') {
      rules.push_back(text.substr(begin - 2, colon - begin + 2));
    }
  }
  return rules;
}

class Simulation {
 public:
  Simulation(std::uint64_t seed, bool writes_journal)
      : world_(seed, writes_journal),
        scenario_(Scenario::Draw(world_)),
        calls_(world_, scenario_.largest),
        wire_calls_(world_),
        tap_there_(world_, ">>", true, wire_calls_),
        tap_back_(world_, "<<", false, wire_calls_),
        there_(world_, scenario_.there, tap_there_),
        back_(world_, scenario_.back, tap_back_),
        connecting_(world_, "connecting", Side::kConnecting, scenario_.connecting, calls_, back_,
                    there_, tap_there_),
        accepting_(world_, "accepting", Side::kAccepting, scenario_.accepting, calls_, there_,
                   back_, tap_back_) {
    world_.SetInterleaving(scenario_.interleaving);
    tap_there_.SetBack(tap_back_);
    tap_back_.SetBack(tap_there_);
    connecting_.Meet(accepting_);
    accepting_.Meet(connecting_);
    there_.Tell([this] { accepting_.MayGoOn(); }, [this] { connecting_.MayGoOn(); });
    back_.Tell([this] { connecting_.MayGoOn(); }, [this] { accepting_.MayGoOn(); });
  }

  void Play() {
    accepting_.Begin();
    connecting_.Begin();
    Plan();
    world_.Rest();
    if (scenario_.ending == Ending::kAtRest && AreOpen()) {
      CheckIdle();
      CallOnceMore(connecting_, scenario_.accepting.max_calls);
      if (AreOpen()) {
        CallOnceMore(accepting_, scenario_.connecting.max_calls);
      }
      Part();
      world_.Rest();
    }
    if (!connecting_.is_done() || !accepting_.is_done()) {
      // The end that was planned never came, as the bytes it waited for were never written.
      Part();
      world_.Rest();
    }
    connecting_.CheckEnded();
    accepting_.CheckEnded();
    CheckReason(connecting_.closed());
    CheckReason(accepting_.closed());
    for (const std::shared_ptr<SimulatedCall>& call : calls_.all()) {
      world_.Check(call.use_count() == 1, call->Line() + " is kept");
      CheckReason(call->why());
    }
  }

  const World& world() const { return world_; }

 private:
  bool AreOpen() const {
    return !connecting_.closed().has_value() && !accepting_.closed().has_value();
  }

  void CheckIdle() const {
    connecting_.CheckIdle();
    accepting_.CheckIdle();
  }

  void Plan() {
    const std::int64_t span = world_.Pick({0, 1'000'000, 100'000'000, 2'000'000'000});
    for (std::int64_t i = 0; i < scenario_.actions; ++i) {
      SimulatedSide* const side = world_.Chance(60) ? &connecting_ : &accepting_;
      std::function<void()> action = [side] { side->CallAtRandom(); };
      switch (world_.Between(0, 9)) {
        case 0:
          action = [side] { side->Ping(); };
          break;
        case 1:
        case 2:
          action = [side, size = static_cast<std::size_t>(world_.Skewed(scenario_.largest))] {
            side->Event(size);
          };
          break;
        default:
          break;
      }
      side->Plan(world_.Skewed(span), std::move(action));
    }
    const std::int64_t whenever = world_.Skewed(span * 2);
    switch (scenario_.ending) {
      case Ending::kAtRest:
        break;
      case Ending::kCloseMidway:
        world_.After(whenever, [this] { Part(); });
        break;
      case Ending::kAbortMidway: {
        SimulatedSide* const side = world_.Chance(50) ? &connecting_ : &accepting_;
        world_.After(whenever, [side] { side->CloseNow(); });
        break;
      }
      case Ending::kCut: {
        Pipe& cut = world_.Chance(50) ? there_ : back_;
        const std::int64_t bytes = world_.Skewed(world_.Pick({100, 10'000, 1'000'000}));
        cut.CutAfter(static_cast<std::uint64_t>(bytes), [this] {
          world_.Tell("the connection is cut");
          there_.Cut();
          back_.Cut();
        });
        break;
      }
    }
  }

  /// Closes, by one side, or by both at about the same time.
  void Part() {
    const std::int64_t who = world_.Between(0, 2);
    if (who != 0) {
      connecting_.Close();
    }
    if (who != 1) {
      world_.After(world_.Skewed(100'000), [this] { accepting_.Close(); });
    }
  }

  /// An idle connection has every slot free: as many calls as the peer takes all end well.
  void CallOnceMore(SimulatedSide& side, std::uint32_t slots) {
    std::vector<std::size_t> nonces;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(slots, 5); ++i) {
      nonces.push_back(side.Call(calls_.Plain())->script().nonce);
    }
    side.Ping();
    world_.Rest();
    if (!scenario_.timely && !AreOpen()) {
      return;
    }
    CheckIdle();
    for (const std::size_t nonce : nonces) {
      world_.Check(calls_.all()[nonce]->succeeded(),
                   calls_.all()[nonce]->Line() + " fails on an idle connection");
    }
  }

  /// Between two correct peers no rule is ever broken, but for those of time.
  void CheckReason(const std::optional<StatusMessage>& why) {
    if (!why.has_value()) {
      return;
    }
    std::set<std::string> allowed = {"C-5", "C-7", "C-11", "F-2", "G-3", "G-4", "G-5", "X-1"};
    if (!scenario_.timely) {
      allowed.insert({"F-4", "H-5"});
    }
    // Said of calls that start too early.
    allowed.insert("H-1");
    const std::string& text = why->message;
    for (const std::string& rule : RulesNamedIn(text)) {
      world_.Check(allowed.count(rule) > 0, "a rule is broken: " + text);
    }
  }

  World world_;
  const Scenario scenario_;
  Calls calls_;
  WireCalls wire_calls_;
  WireTap tap_there_;
  WireTap tap_back_;
  Pipe there_;
  Pipe back_;
  SimulatedSide connecting_;
  SimulatedSide accepting_;
};

}  // namespace

Played Play(std::uint64_t seed, bool writes_journal) {
  Simulation simulation(seed, writes_journal);
  Played played;
  try {
    simulation.Play();
  } catch (const std::exception& breach) {
    played.breach = breach.what();
  }
  for (const std::string& line : simulation.world().journal()) {
    played.journal += line + "\n";
  }
  return played;
}

}  // namespace parley::simulation
