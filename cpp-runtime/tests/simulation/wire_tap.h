#ifndef PARLEY_TESTS_SIMULATION_WIRE_TAP_H_
#define PARLEY_TESTS_SIMULATION_WIRE_TAP_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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
  bool Requested(const std::string& method) const { return requests_.count(method) > 0; }

  /// How many bytes were written.
  std::uint64_t written() const { return written_; }
  /// Behind which byte the first frame of this method's REQUEST ends; as good as never if it is not
  /// whole.
  std::uint64_t EndOfRequest(const std::string& method) const { return Find(requests_, method); }
  /// Behind which byte the last frame of this call's RESPONSE ends.
  std::uint64_t EndOfResponse(std::uint64_t id) const { return Find(responses_, id); }

 private:
  template <typename Key>
  static std::uint64_t Find(const std::map<Key, std::uint64_t>& ends, const Key& key) {
    const auto place = ends.find(key);
    return place == ends.end() ? UINT64_MAX : place->second;
  }

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

  std::map<std::string, std::uint64_t> requests_;
  std::map<std::uint64_t, std::uint64_t> responses_;
  std::uint64_t written_ = 0;
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
