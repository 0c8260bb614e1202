#include "simulation/call_script.h"

#include <algorithm>
#include <random>

namespace parley::simulation {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// A message that fits under every limit that is drawn.
constexpr std::size_t kAlwaysFits = 900;
// The longest stream, in messages.
constexpr std::int64_t kMostMessages = 30;

std::vector<std::size_t> Sizes(World& world, bool streams, std::int64_t largest) {
  std::vector<std::size_t> sizes(streams ? static_cast<std::size_t>(world.Skewed(kMostMessages))
                                         : 1);
  for (std::size_t& size : sizes) {
    size = static_cast<std::size_t>(world.Skewed(largest));
  }
  return sizes;
}

std::string Messages(bool streams, const std::vector<std::size_t>& sizes) {
  std::string line = streams ? "stream [" : "[";
  for (const std::size_t size : sizes) {
    line += (line.back() == '[' ? "" : ", ") + std::to_string(size);
  }
  return line + "]";
}

}  // namespace

CallScript CallScript::Draw(World& world, std::size_t nonce, std::int64_t largest) {
  CallScript script;
  script.nonce = nonce;
  switch (world.Between(0, 9)) {
    case 0:
      script.answer = Answer::kFail;
      break;
    case 1:
      script.answer = Answer::kReject;
      break;
    case 2:
      script.answer = Answer::kUntilStopped;
      break;
    default:
      break;
  }
  script.caller_streams = world.Chance(35);
  script.callee_streams = world.Chance(35);
  script.requests = Sizes(world, script.caller_streams, largest);
  script.replies = Sizes(world, script.callee_streams, largest);
  script.reads = world.Chance(90);
  script.timeout = world.Chance(20) ? 1 + world.Skewed(kSecond) : 0;
  script.cancel_after = world.Chance(20) ? world.Skewed(kSecond / 100) : -1;
  if ((script.answer == Answer::kUntilStopped || !script.reads) && script.timeout == 0 &&
      script.cancel_after < 0) {
    script.cancel_after = world.Skewed(kSecond);
  }
  script.code = static_cast<int>(world.Between(1, 16));
  script.handler_waits = world.Chance(50) ? 0 : world.Skewed(kSecond / 100);
  script.handler_runs = world.Chance(30) ? 0 : world.Skewed(kSecond / 10);
  if (!world.Chance(80)) {
    const auto requests = static_cast<std::int64_t>(script.requests.size());
    script.earliest = static_cast<std::size_t>(world.Between(0, requests));
  }
  script.calls_back = world.Chance(10);
  script.longest_pause = world.Pick({0, 1'000, 1'000'000});
  return script;
}

bool CallScript::RepliesMayBeTooLarge() const {
  return std::any_of(replies.begin(), replies.end(),
                     [](std::size_t size) { return size > kAlwaysFits; });
}

std::string CallScript::Line() const {
  static const char* const kAnswers[] = {"reply", "fail", "reject", "until stopped"};
  return Messages(caller_streams, requests) + " -> " + Messages(callee_streams, replies) +
         ", timeout " + std::to_string(timeout) + ", cancel after " + std::to_string(cancel_after) +
         ", " + kAnswers[static_cast<int>(answer)] + " or code " + std::to_string(code) +
         ", waits " + std::to_string(handler_waits) + ", runs " + std::to_string(handler_runs) +
         (earliest == SIZE_MAX ? "" : ", earliest " + std::to_string(earliest)) +
         (calls_back ? ", calls back" : "") + (reads ? "" : ", never reads");
}

std::string Payload(std::size_t nonce, const std::string& sender, std::size_t number,
                    std::size_t size) {
  static const std::string noise = [] {
    std::mt19937_64 random(1);
    std::string bytes(2u << 20, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random() & 0xff);
    }
    return bytes;
  }();
  std::uint64_t mixed = nonce * 31 + number;
  for (const char letter : sender) {
    mixed = mixed * 31 + static_cast<unsigned char>(letter);
  }
  mixed *= 0x9E3779B97F4A7C15u;
  return noise.substr((mixed >> 33) % (noise.size() - size), size);
}

}  // namespace parley::simulation
