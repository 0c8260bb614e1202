#include "simulation/call_script.h"

#include <random>

namespace parley::simulation {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

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
  script.request_size = static_cast<std::size_t>(world.Skewed(largest));
  script.reply_size = static_cast<std::size_t>(world.Skewed(largest));
  script.timeout = world.Chance(20) ? 1 + world.Skewed(kSecond) : 0;
  script.cancel_after = world.Chance(20) ? world.Skewed(kSecond / 100) : -1;
  if (script.answer == Answer::kUntilStopped && script.timeout == 0 && script.cancel_after < 0) {
    script.cancel_after = world.Skewed(kSecond);
  }
  script.code = static_cast<int>(world.Between(1, 16));
  script.handler_waits = world.Chance(50) ? 0 : world.Skewed(kSecond / 100);
  script.handler_runs = world.Chance(30) ? 0 : world.Skewed(kSecond / 10);
  script.calls_back = world.Chance(10);
  return script;
}

std::string CallScript::Line() const {
  static const char* const kAnswers[] = {"reply", "fail", "reject", "until stopped"};
  return "request " + std::to_string(request_size) + " bytes, timeout " + std::to_string(timeout) +
         ", cancel after " + std::to_string(cancel_after) + ", " +
         kAnswers[static_cast<int>(answer)] + " " + std::to_string(reply_size) + " bytes or code " +
         std::to_string(code) + ", waits " + std::to_string(handler_waits) + ", runs " +
         std::to_string(handler_runs) + (calls_back ? ", calls back" : "");
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
