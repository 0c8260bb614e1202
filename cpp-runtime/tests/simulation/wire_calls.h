#ifndef PARLEY_TESTS_SIMULATION_WIRE_CALLS_H_
#define PARLEY_TESTS_SIMULATION_WIRE_CALLS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"
#include "simulation/world.h"

namespace parley::simulation {

/// The calls of a connection as someone knows them who sees nothing but the frames: sections 7 to 9
/// and 15 of the specification, once more.
class WireCalls {
 public:
  explicit WireCalls(World& world) : world_(world) {}

  /// What a side has said of itself.
  void SetHello(bool connecting, const HelloMessage& hello) { hellos_[connecting ? 1 : 0] = hello; }
  /// Whether both sides speak of windows (section 8).
  bool CountsWindows() const;

  /// A REQUEST, or a part of one.
  void Request(const Envelope& frame);
  /// Another frame of a call.
  void Frame(const Envelope& frame, bool by_caller);

  /// A frame in one line.
  static std::string Line(const Envelope& frame);

 private:
  /// What one direction of a call has come to.
  struct Way {
    std::int64_t window = 0;
    /// The type of the message that goes on in the next frame.
    std::optional<FrameType> unfinished;
    bool over = false;
  };
  struct Call {
    bool open = false;
    Way caller;
    Way callee;
    bool request_whole = false;
    bool cancelled = false;
  };

  void Message(Way& way, const Envelope& frame);
  void Require(bool holds, const char* rule, const Envelope& frame);

  World& world_;
  std::map<std::uint64_t, Call> calls_;
  /// By side, the connecting one at 1.
  std::array<std::uint64_t, 2> marks_{};
  std::array<std::optional<HelloMessage>, 2> hellos_;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_WIRE_CALLS_H_
