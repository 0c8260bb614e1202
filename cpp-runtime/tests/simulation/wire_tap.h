#ifndef PARLEY_TESTS_SIMULATION_WIRE_TAP_H_
#define PARLEY_TESTS_SIMULATION_WIRE_TAP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"
#include "simulation/wire_calls.h"
#include "simulation/world.h"

namespace parley::simulation {

/// Who reads along in one direction: writes the log, and holds the sender to the specification, of
/// which the rules are kept here a second time.
class WireTap {
 public:
  /// @param connecting whether the connecting side writes in this direction
  WireTap(World& world, std::string direction, bool connecting, WireCalls& calls);

  /// Sets who reads along in the other direction.
  void SetBack(WireTap& back) { back_ = &back; }

  /// The kernel was given these bytes.
  void Wrote(const char* data, std::size_t size);

  /// Whether a REQUEST of this method went out, or its first frame.
  bool Requested(const std::string& method) const { return requested_.count(method) > 0; }

 private:
  void Frame(const Envelope& frame);
  void Hello(const Envelope& frame);
  void Event(const Envelope& frame);
  void GoAway(const Envelope& frame);
  void Require(bool holds, const char* rule, const Envelope& frame);

  World& world_;
  const std::string direction_;
  const bool connecting_;
  WireCalls& calls_;
  WireTap* back_ = nullptr;

  /// The methods of the REQUESTs of which at least one frame went out.
  std::set<std::string> requested_;
  std::string partial_;
  std::optional<HelloMessage> hello_;
  bool said_why_ = false;
  std::optional<std::uint64_t> goodbye_id_;
  std::uint64_t pings_ = 0;
  std::uint64_t pongs_ = 0;
  std::int64_t event_window_ = 0;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_WIRE_TAP_H_
