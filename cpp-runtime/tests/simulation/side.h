#ifndef PARLEY_TESTS_SIMULATION_SIDE_H_
#define PARLEY_TESTS_SIMULATION_SIDE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connection/connection.h"
#include "simulation/call_script.h"
#include "simulation/pipe.h"
#include "simulation/wire_tap.h"
#include "simulation/world.h"

namespace parley::simulation {

class SimulatedCall;
class SimulatedHandler;

/// All calls of a world, by nonce.
class Calls {
 public:
  Calls(World& world, std::int64_t largest) : world_(world), largest_(largest) {}

  /// A call as chance wants it.
  CallScript Draw() { return CallScript::Draw(world_, drawn_++, largest_); }
  /// A small call that ends well.
  CallScript Plain();
  void Add(std::shared_ptr<SimulatedCall> call);
  /// The call whose REQUEST has this name.
  SimulatedCall& Find(std::string_view method) const;
  const std::vector<std::shared_ptr<SimulatedCall>>& all() const { return all_; }

 private:
  World& world_;
  const std::int64_t largest_;
  std::vector<std::shared_ptr<SimulatedCall>> all_;
  std::size_t drawn_ = 0;
};

/// One side's clock and timers, in the world's time, kept by its loop. They may be late, never
/// early.
class VirtualTimers final : public Timers {
 public:
  VirtualTimers(World& world, int loop) : world_(world), loop_(loop) {}

  std::int64_t Now() const override { return world_.now(); }
  Ticket At(std::int64_t when, std::function<void()> task) override;
  void Cancel(const Ticket& ticket) override;
  std::size_t waiting() const { return waiting_.size(); }

 private:
  World& world_;
  const int loop_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, World::Key> waiting_;
};

/// One process: its loop, its application, and what has to be true of what both are told.
class SimulatedSide {
 public:
  SimulatedSide(World& world, std::string name, Side side, const Settings& settings, Calls& calls,
                Pipe& in, Pipe& out, WireTap& tap);
  ~SimulatedSide();

  void Meet(SimulatedSide& other) { other_ = &other; }
  void Begin();

  // The loop.

  /// There may be something to read, or room to write.
  void MayGoOn();
  bool is_done() const { return done_; }
  /// The connection has called out: other threads may go on before it does.
  void CalledOut() { world_.Interleave(loop_); }

  // What the application does.

  /// Has `action` happen so long after the handshake.
  void Plan(std::int64_t after, std::function<void()> action);
  std::shared_ptr<SimulatedCall> Call(const CallScript& script);
  void CallAtRandom() { Call(calls_.Draw()); }
  void Ended() { --in_flight_; }
  /// A handler has returned, or will not run.
  void Done(const SimulatedHandler& handler) { handlers_.erase(&handler); }
  void Ping();
  void Event(std::size_t size);
  void Close();
  void CloseNow();

  // What has to be true.

  const std::optional<StatusMessage>& closed() const { return closed_; }
  /// Nothing happens any more, and the connection lives: everything that began has ended well.
  void CheckIdle() const;
  /// The connection has ended, and nothing happens any more.
  void CheckEnded();

  const std::string& name() const { return name_; }
  Connection& connection() { return *connection_; }
  VirtualTimers& timers() { return *timers_; }
  WireTap& tap() { return tap_; }
  int loop() const { return loop_; }

 private:
  class LoopSeat;
  class Application;

  void Ready();
  void Opened();
  void Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request);
  void TakeEvent(const Envelope& event);
  void Closed(const StatusMessage& why);

  World& world_;
  const std::string name_;
  const int loop_;
  Calls& calls_;
  WireTap& tap_;
  const std::shared_ptr<VirtualTimers> timers_;
  /// The connection's own.
  SimulatedLink* link_ = nullptr;
  std::shared_ptr<Connection> connection_;
  SimulatedSide* other_ = nullptr;

  // The loop.
  bool ready_scheduled_ = false;
  bool reads_ = true;
  bool writes_ = false;
  bool done_ = false;

  // The application.
  std::vector<std::function<void()>> on_opened_;
  bool opened_ = false;
  std::optional<StatusMessage> closed_;
  std::size_t in_flight_ = 0;
  std::vector<std::weak_ptr<IncomingCall>> served_;
  std::map<const SimulatedHandler*, std::shared_ptr<SimulatedHandler>> handlers_;
  std::vector<std::size_t> events_sent_;
  std::size_t events_taken_ = 0;
  int pings_ = 0;
  int pongs_ = 0;
  int pings_failed_ = 0;
  int pings_failed_open_ = 0;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_SIDE_H_
