#ifndef PARLEY_TESTS_SIMULATION_CALL_SCRIPT_H_
#define PARLEY_TESTS_SIMULATION_CALL_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "simulation/world.h"

namespace parley::simulation {

/// What the callee does with a call.
enum class Answer {
  kReply,
  kFail,
  /// Says that the handler did not run.
  kReject,
  /// Runs until it is told to stop.
  kUntilStopped,
};

/// What is to happen in one call, at both its ends; decided when it starts. Times are nanoseconds,
/// sizes bytes.
struct CallScript {
  /// Tells the call from all others of the world.
  std::size_t nonce = 0;
  bool caller_streams = false;
  bool callee_streams = false;
  /// The caller's messages: one, unless it streams.
  std::vector<std::size_t> requests = {10};
  /// The callee's messages: one, unless it streams.
  std::vector<std::size_t> replies = {10};
  /// How long its caller waits; 0 for ever.
  std::int64_t timeout = 0;
  /// When its caller takes it back; negative: never.
  std::int64_t cancel_after = -1;
  Answer answer = Answer::kReply;
  int code = 1;
  /// How long the request waits for its handler.
  std::int64_t handler_waits = 0;
  /// How long the handler runs at least.
  std::int64_t handler_runs = 0;
  /// After how many of the caller's messages the handler returns all the same.
  std::size_t earliest = SIZE_MAX;
  bool calls_back = false;
  /// Whether streams are read at all.
  bool reads = true;
  /// How long a reader or a writer of a stream takes for a message at most.
  std::int64_t longest_pause = 0;

  static CallScript Draw(World& world, std::size_t nonce, std::int64_t largest);
  /// How long an application takes for the next message.
  std::int64_t Pace(World& world) const { return world.Skewed(longest_pause); }
  /// Whether a message of the callee's may be more than its caller takes.
  bool RepliesMayBeTooLarge() const;
  std::string Method() const { return "simulation.Service/" + std::to_string(nonce); }
  std::string Line() const;
};

/// A message whose bytes follow from who sends it, so that whoever gets one knows whether it is
/// whole, in order, and meant for them.
std::string Payload(std::size_t nonce, const std::string& sender, std::size_t number,
                    std::size_t size);

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_CALL_SCRIPT_H_
