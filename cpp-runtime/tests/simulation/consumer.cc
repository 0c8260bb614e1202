#include "simulation/consumer.h"

#include <utility>

namespace parley::simulation {

Consumer::Consumer(World& world, const CallScript& script, std::string sender,
                   const std::vector<std::size_t>& sizes, Uses uses)
    : world_(world),
      script_(script),
      sender_(std::move(sender)),
      sizes_(sizes),
      uses_(std::move(uses)) {}

void Consumer::Message(const Envelope& message, std::uint64_t cost) {
  const std::size_t number = arrived_++;
  world_.Check(number < sizes_.size() &&
                   message.payload == Payload(script_.nonce, sender_, number, sizes_[number]),
               "call " + std::to_string(script_.nonce) + " gets another message than number " +
                   std::to_string(number));
  if (script_.reads) {
    uses_.later(script_.Pace(world_), [this, cost] {
      ++read_;
      uses_.consumed(cost);
    });
  }
}

}  // namespace parley::simulation
