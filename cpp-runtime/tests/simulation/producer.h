#ifndef PARLEY_TESTS_SIMULATION_PRODUCER_H_
#define PARLEY_TESTS_SIMULATION_PRODUCER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "parley/connection/offer.h"
#include "parley/connection/outgoing_message.h"
#include "simulation/call_script.h"
#include "simulation/world.h"

namespace parley::simulation {

/// An application that sends a stream: waits for room, takes its time, and ends.
class Producer {
 public:
  struct Uses {
    std::function<Offer(const OutgoingMessage&)> offer;
    std::function<void()> flush;
    /// Called once, when all are sent, or the call takes no more.
    std::function<void()> done;
    /// Has an action happen later, while its application lives.
    std::function<void(std::int64_t, void (Producer::*)())> later;
  };

  Producer(World& world, const CallScript& script, std::string sender,
           const std::vector<std::size_t>& sizes, Uses uses);

  /// Sends what can be sent now.
  void Go();

  /// There may be room again.
  void Sendable();

 private:
  World& world_;
  const CallScript& script_;
  const std::string sender_;
  const std::vector<std::size_t>& sizes_;
  const Uses uses_;
  std::size_t sent_ = 0;
  bool waits_ = false;
  bool over_ = false;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_PRODUCER_H_
