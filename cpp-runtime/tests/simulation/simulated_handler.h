#ifndef PARLEY_TESTS_SIMULATION_SIMULATED_HANDLER_H_
#define PARLEY_TESTS_SIMULATION_SIMULATED_HANDLER_H_

#include <cstdint>
#include <memory>

#include "connection/incoming_call.h"
#include "simulation/call_script.h"
#include "simulation/consumer.h"
#include "simulation/producer.h"
#include "simulation/side.h"
#include "simulation/simulated_call.h"
#include "simulation/world.h"

namespace parley::simulation {

/// What the callee's application does with one call, on a thread of its own. Its side keeps it
/// until it is done.
class SimulatedHandler final : public IncomingCall::Requests,
                               public std::enable_shared_from_this<SimulatedHandler> {
 public:
  SimulatedHandler(World& world, SimulatedSide& callee, std::shared_ptr<IncomingCall> call,
                   SimulatedCall& known);

  /// The call has arrived: a thread takes it now or later.
  void Take();

  void Message(const Envelope& message, std::uint64_t cost) override;
  void End() override;

 private:
  void Run();
  void Stop();
  void RanLongEnough();
  void ReturnIfDone();
  void Return();
  void Later(std::int64_t nanos, void (SimulatedHandler::*then)());

  World& world_;
  SimulatedSide& callee_;
  const std::shared_ptr<IncomingCall> call_;
  SimulatedCall& known_;
  const CallScript script_;
  Consumer consumer_;
  Producer producer_;
  bool stopped_ = false;
  bool runs_ = false;
  bool ran_long_enough_ = false;
  bool caller_ended_ = false;
  bool produced_ = false;
  bool answered_ = false;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_SIMULATED_HANDLER_H_
