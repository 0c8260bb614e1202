#ifndef PARLEY_TESTS_SIMULATION_WORLD_H_
#define PARLEY_TESTS_SIMULATION_WORLD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace parley::simulation {

/// An invariant that does not hold.
class Breach : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Time, chance, and what happens next: one thread plays all threads of both processes.
///
/// Everything that happens is an event with a time; among those of one time chance decides.
/// Wherever a connection lets go of its lock and calls out, `Interleave` may run further events
/// inside that call, as other threads would while it lasts. So the races that threads have are here
/// too, and the seed decides them. An event belongs to a loop, which does one thing at a time, or
/// to a thread of its own.
class World {
 public:
  using Action = std::function<void()>;
  /// When, by chance, in which order.
  using Key = std::tuple<std::int64_t, std::uint32_t, std::uint64_t>;

  /// Of a thread of its own.
  static constexpr int kNoLoop = -1;

  World(std::uint64_t seed, bool writes_journal)
      : random_(seed * 0x9E3779B97F4A7C15u + 1), writes_journal_(writes_journal) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// How likely a call out of a connection is interleaved with other events, in percent.
  void SetInterleaving(int percent) { interleaving_ = percent; }

  // Chance.

  bool Chance(int percent) { return Between(0, 99) < percent; }
  /// From `least` to `most`, both included.
  std::int64_t Between(std::int64_t least, std::int64_t most);
  /// From 0 to `most`, each order of magnitude as likely as the next.
  std::int64_t Skewed(std::int64_t most);
  std::int64_t Pick(const std::vector<std::int64_t>& choices);

  // Time.

  std::int64_t now() const { return now_; }
  /// Lets `action` happen once the time is `when`, at once if it has passed.
  Key At(std::int64_t when, Action action, int loop = kNoLoop);
  Key After(std::int64_t nanos, Action action, int loop = kNoLoop) {
    return At(now_ + nanos, std::move(action), loop);
  }
  /// Takes an event back; false if it has happened.
  bool TakeBack(const Key& key) { return events_.erase(key) > 0; }
  /// Lets everything happen until nothing is left to happen.
  void Rest();
  /// What other threads may do while a call out of a connection lasts; the loop `kept` does
  /// nothing meanwhile.
  void Interleave(int kept);

  // What is seen.

  /// Holds the world to an invariant. Its breach is kept, whoever may catch it on the way.
  void Check(bool holds, const std::string& invariant);
  /// Writes a line of the journal.
  void Tell(const std::string& line);
  bool writes_journal() const { return writes_journal_; }
  const std::vector<std::string>& journal() const { return journal_; }

 private:
  struct Event {
    int loop;
    Action action;
  };
  using Events = std::map<Key, Event>;

  void Happen(Events::iterator event);

  Events events_;
  std::mt19937_64 random_;
  std::set<int> busy_;
  std::int64_t now_ = kBeginning;
  std::uint64_t count_ = 0;
  int depth_ = 0;
  int interleaving_ = 0;
  std::string failure_;
  const bool writes_journal_;
  std::vector<std::string> journal_;

  static constexpr std::int64_t kBeginning = 1'000'000'000'000;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_WORLD_H_
