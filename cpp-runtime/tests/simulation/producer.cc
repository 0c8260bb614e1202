#include "simulation/producer.h"

#include <string_view>
#include <utility>

namespace parley::simulation {

Producer::Producer(World& world, const CallScript& script, std::string sender,
                   const std::vector<std::size_t>& sizes, Uses uses)
    : world_(world),
      script_(script),
      sender_(std::move(sender)),
      sizes_(sizes),
      uses_(std::move(uses)) {}

void Producer::Go() {
  while (!over_ && sent_ < sizes_.size()) {
    const std::string payload = Payload(script_.nonce, sender_, sent_, sizes_[sent_]);
    const std::string_view message = payload;
    waits_ = true;
    const Offer offer = uses_.offer(OutgoingMessage::OfBytes(message));
    if (offer == Offer::kNoRoom) {
      // Sendable may have been told already, while this offer was made.
      uses_.flush();
      return;
    }
    waits_ = false;
    world_.Check(offer != Offer::kChanged, "a message changed while it was written");
    if (offer == Offer::kOver) {
      break;
    }
    ++sent_;
    if (world_.Chance(20)) {
      uses_.flush();
      uses_.later(script_.Pace(world_), &Producer::Go);
      return;
    }
  }
  over_ = true;
  uses_.flush();
  uses_.done();
}

void Producer::Sendable() {
  if (waits_ && !over_) {
    waits_ = false;
    uses_.later(world_.Skewed(1'000), &Producer::Go);
  }
}

}  // namespace parley::simulation
