#ifndef PARLEY_TESTS_SIMULATION_SIMULATED_CALL_H_
#define PARLEY_TESTS_SIMULATION_SIMULATED_CALL_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parley/connection/outgoing_call.h"
#include "simulation/call_script.h"
#include "simulation/side.h"

namespace parley::simulation {

/// One call, as its caller sees it, and what has to be true of it.
class SimulatedCall final : public OutgoingCall,
                            public std::enable_shared_from_this<SimulatedCall> {
 public:
  SimulatedCall(World& world, SimulatedSide& caller, const CallScript& script)
      : world_(world), caller_(caller), script_(script) {}

  const CallScript& script() const { return script_; }

  // Its caller.

  void Start();
  bool succeeded() const { return success_; }
  /// Why it failed, if it did.
  const std::optional<StatusMessage>& why() const { return why_; }

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

  std::string Line() const;

 private:
  void Leave(int code, const char* text);
  void End(const std::string& how);
  void Check(bool holds, const char* what) const;

  World& world_;
  SimulatedSide& caller_;
  const CallScript script_;
  std::vector<World::Key> planned_;
  bool ended_ = false;
  bool success_ = false;
  std::optional<StatusMessage> why_;
  std::optional<Outcome> outcome_;
  bool arrived_ = false;
  bool ran_ = false;
  bool returned_ = false;
};

/// What the callee's application does with one call, on a thread of its own.
class SimulatedHandler final : public std::enable_shared_from_this<SimulatedHandler> {
 public:
  SimulatedHandler(World& world, SimulatedSide& callee, std::shared_ptr<IncomingCall> call,
                   SimulatedCall& known)
      : world_(world),
        callee_(callee),
        call_(std::move(call)),
        known_(known),
        script_(known.script()) {}

  /// The call has arrived: a thread takes it now or later.
  void Take();

 private:
  void Run();
  void Stop();
  void Return();
  void Later(std::int64_t nanos, void (SimulatedHandler::*then)());

  World& world_;
  SimulatedSide& callee_;
  const std::shared_ptr<IncomingCall> call_;
  SimulatedCall& known_;
  const CallScript script_;
  bool stopped_ = false;
  bool answered_ = false;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_SIMULATED_CALL_H_
