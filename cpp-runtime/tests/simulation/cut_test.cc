#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulation/pipe.h"
#include "simulation/scenario.h"
#include "simulation/side.h"
#include "simulation/simulated_call.h"
#include "simulation/wire_calls.h"
#include "simulation/wire_tap.h"
#include "simulation/world.h"

// A conversation of a few calls, cut off behind each of its bytes in turn: what a call's caller is
// told is what can be known (C-8, C-9), and no more.

namespace parley::simulation {
namespace {

/// How a call ended: by an outcome, or empty with success.
using End = std::optional<Outcome>;

/// Whose bytes are cut.
enum class Writer { kCaller, kCallee };

/// A unary call, a stream of the caller's, a stream of the callee's, and one both ways.
class Conversation {
 public:
  explicit Conversation(const Carriage& carriage)
      : calls_(world_, 0),
        wire_calls_(world_),
        tap_there_(world_, ">>", true, wire_calls_),
        tap_back_(world_, "<<", false, wire_calls_),
        there_(world_, carriage, tap_there_),
        back_(world_, carriage, tap_back_),
        caller_(world_, "caller", Side::kConnecting, SettingsOf("caller"), calls_, back_, there_,
                tap_there_),
        callee_(world_, "callee", Side::kAccepting, SettingsOf("callee"), calls_, there_, back_,
                tap_back_) {
    tap_there_.SetBack(tap_back_);
    tap_back_.SetBack(tap_there_);
    caller_.Meet(callee_);
    callee_.Meet(caller_);
    there_.Tell([this] { callee_.MayGoOn(); }, [this] { caller_.MayGoOn(); });
    back_.Tell([this] { caller_.MayGoOn(); }, [this] { callee_.MayGoOn(); });
  }

  void CutBehind(std::uint64_t bytes, Writer writer) {
    (writer == Writer::kCaller ? there_ : back_).CutAfter(bytes, [this] {
      there_.BreakOff();
      back_.BreakOff();
    });
  }

  std::uint64_t Written(Writer writer) const {
    return (writer == Writer::kCaller ? tap_there_ : tap_back_).written();
  }

  /// Makes one call after the other, whatever becomes of them; how they ended.
  std::set<End> Talk() {
    callee_.Begin();
    caller_.Begin();
    world_.Rest();
    std::set<End> ends;
    for (const bool callee_streams : {false, true}) {
      for (const bool caller_streams : {false, true}) {
        const std::uint64_t before = tap_there_.written();
        const auto call = caller_.Call(Script(caller_streams, callee_streams));
        world_.Rest();
        CheckOutcome(*call, before);
        ends.insert(call->outcome());
      }
    }
    caller_.Close();
    world_.Rest();
    callee_.Close();
    world_.Rest();
    caller_.CheckEnded();
    callee_.CheckEnded();
    for (const std::shared_ptr<SimulatedCall>& call : calls_.all()) {
      world_.Check(call.use_count() == 1, call->Line() + " is kept");
    }
    return ends;
  }

 private:
  static Settings SettingsOf(std::string name) {
    Settings settings;
    settings.name = std::move(name);
    settings.window = 100;
    return settings;
  }

  CallScript Script(bool caller_streams, bool callee_streams) {
    const std::vector<std::size_t> stream = {30, 0, 200};
    CallScript script = calls_.Plain();
    script.caller_streams = caller_streams;
    script.callee_streams = callee_streams;
    if (caller_streams) script.requests = stream;
    if (callee_streams) script.replies = stream;
    return script;
  }

  void CheckOutcome(const SimulatedCall& call, std::uint64_t before) {
    const std::uint64_t id = 2 * call.script().nonce + 1;
    const bool sent = tap_there_.written() > before;
    const bool answered = back_.read() >= tap_back_.EndOfResponse(id);
    const bool arrived = there_.read() >= tap_there_.EndOfRequest(call.script().Method());
    world_.Check(call.has_ended(), call.Line() + " has not ended");
    world_.Check(call.succeeded() == answered, call.Line() + " succeeds without its RESPONSE");
    if (!answered) {
      world_.Check(call.outcome() == (sent ? Outcome::kUnknown : Outcome::kNotSent),
                   call.Line() + " ends with another outcome than is known");
    }
    world_.Check(call.has_arrived() == arrived, call.Line() + " comes without its REQUEST");
    world_.Check(!call.ran() || arrived, call.Line() + " runs without its REQUEST");
    world_.Check(call.ran() || !answered, call.Line() + " is answered and did not run");
  }

  World world_{7, false};
  Calls calls_;
  WireCalls wire_calls_;
  WireTap tap_there_;
  WireTap tap_back_;
  Pipe there_;
  Pipe back_;
  SimulatedSide caller_;
  SimulatedSide callee_;
};

constexpr std::size_t kRoom = 300'000;

/// Cuts behind each byte; every call must end as it can be known.
void CutEverywhere(std::size_t largest_slice, Writer writer) {
  Carriage carriage;
  carriage.room = kRoom;
  carriage.largest_slice = largest_slice;
  Conversation whole(carriage);
  EXPECT_EQ(whole.Talk(), std::set<End>{std::nullopt}) << "without a cut";
  const std::uint64_t bytes = whole.Written(writer);
  std::set<End> ends;
  for (std::uint64_t cut = 0; cut < bytes; ++cut) {
    SCOPED_TRACE("behind byte " + std::to_string(cut));
    Conversation conversation(carriage);
    conversation.CutBehind(cut, writer);
    EXPECT_NO_THROW(ends.merge(conversation.Talk()));
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(ends, (std::set<End>{std::nullopt, Outcome::kNotSent, Outcome::kUnknown}));
}

TEST(Cut, BehindAnyByteOfTheCallerEveryCallEndsAsIsKnown) { CutEverywhere(0, Writer::kCaller); }

TEST(Cut, BehindAnyByteOfTheCalleeEveryCallEndsAsIsKnown) { CutEverywhere(0, Writer::kCallee); }

TEST(Cut, SoItIsWhenTheCallersBytesGoOneByOne) { CutEverywhere(1, Writer::kCaller); }

TEST(Cut, SoItIsWhenTheCalleesBytesGoOneByOne) { CutEverywhere(1, Writer::kCallee); }

}  // namespace
}  // namespace parley::simulation
