#ifndef PARLEY_TESTS_SIMULATION_CONSUMER_H_
#define PARLEY_TESTS_SIMULATION_CONSUMER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "parley/wire/envelope.h"
#include "simulation/call_script.h"
#include "simulation/world.h"

namespace parley::simulation {

/// An application that reads a stream at its own pace, and what has to be true of what it gets.
class Consumer {
 public:
  struct Uses {
    /// Gives the cost of a message back that was read.
    std::function<void(std::uint64_t)> consumed;
    /// Has an action happen later, while its application lives.
    std::function<void(std::int64_t, std::function<void()>)> later;
  };

  Consumer(World& world, const CallScript& script, std::string sender,
           const std::vector<std::size_t>& sizes, Uses uses);

  /// The next message is there.
  void Message(const Envelope& message, std::uint64_t cost);

  std::size_t arrived() const { return arrived_; }
  std::size_t read() const { return read_; }
  /// Whether the whole stream has arrived.
  bool IsWhole() const { return arrived_ == sizes_.size(); }

 private:
  World& world_;
  const CallScript& script_;
  const std::string sender_;
  const std::vector<std::size_t>& sizes_;
  const Uses uses_;
  std::size_t arrived_ = 0;
  std::size_t read_ = 0;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_CONSUMER_H_
