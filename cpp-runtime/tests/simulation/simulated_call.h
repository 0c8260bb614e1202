#ifndef PARLEY_TESTS_SIMULATION_SIMULATED_CALL_H_
#define PARLEY_TESTS_SIMULATION_SIMULATED_CALL_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parley/connection/outgoing_call.h"
#include "simulation/call_script.h"
#include "simulation/consumer.h"
#include "simulation/producer.h"
#include "simulation/side.h"

namespace parley::simulation {

/// One call, as its caller sees it, and what has to be true of it.
class SimulatedCall final : public OutgoingCall,
                            public std::enable_shared_from_this<SimulatedCall> {
 public:
  SimulatedCall(World& world, SimulatedSide& caller, const CallScript& script);

  const CallScript& script() const { return script_; }

  // Its caller.

  void Start();
  bool has_ended() const { return ended_; }
  bool succeeded() const { return success_; }
  /// How it failed, if it did.
  const std::optional<Outcome>& outcome() const { return outcome_; }
  /// Why it failed, if it did.
  const std::optional<StatusMessage>& why() const { return why_; }

  void Message(const Envelope& message, std::uint64_t cost) override;
  void Sendable() override;
  void Succeeded(const Envelope& response) override;
  void Failed(const StatusMessage& status, Outcome outcome,
              const std::vector<MetadataField>& metadata) override;

  // Its callee.

  /// The request is there.
  void Arrived(const Envelope& request);
  /// The handler starts.
  void Runs();
  /// The handler is about to return.
  void Returns() { returned_ = true; }
  bool has_arrived() const { return arrived_; }
  /// Whether its handler ran.
  bool ran() const { return ran_; }

  std::string Line() const;

 private:
  void Leave(int code, const char* text);
  void End(const std::string& how);
  void Check(bool holds, const char* what) const;

  World& world_;
  SimulatedSide& caller_;
  const CallScript script_;
  Producer producer_;
  Consumer consumer_;
  std::vector<World::Key> planned_;
  bool ended_ = false;
  bool success_ = false;
  std::optional<StatusMessage> why_;
  std::optional<Outcome> outcome_;
  bool arrived_ = false;
  bool ran_ = false;
  bool returned_ = false;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_SIMULATED_CALL_H_
