#ifndef PARLEY_TESTS_CONNECTION_STREAMING_H_
#define PARLEY_TESTS_CONNECTION_STREAMING_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connection/scripted_peer.h"

// A connection under test whose peer speaks level 2.

namespace parley {

inline constexpr std::uint64_t kPlenty = 1u << 20;

using Payloads = std::vector<std::string>;

/// A connection that has connected to a peer of level 2.
class StreamingCallerTest : public ::testing::Test {
 protected:
  void Open(std::uint64_t window = kPlenty, std::uint64_t max_message = 0) {
    script_.Take();
    script_.Play(StreamingHello(window, max_message));
    ASSERT_TRUE(script_.receiver->opened.has_value());
  }

  /// A call whose callee streams, with its REQUEST taken.
  std::shared_ptr<RecordedCall> Watch() {
    const auto call = script_.Stream(false, true);
    EXPECT_EQ(script_.Take().type, FrameType::kRequest);
    return call;
  }

  /// A call whose caller streams, with its REQUEST taken.
  std::shared_ptr<RecordedCall> Gather() {
    const auto call = script_.Stream(true, false);
    EXPECT_EQ(script_.Take().type, FrameType::kRequest);
    return call;
  }

  static void ExpectEnd(const RecordedCall& call, Outcome outcome, const std::string& rule) {
    EXPECT_EQ(call.ends, 1);
    EXPECT_EQ(call.outcome, outcome);
    EXPECT_EQ(call.status.message.substr(0, rule.size()), rule) << call.status.message;
  }

  Script script_{Side::kConnecting};
};

/// A connection that was accepted from a peer of level 2.
class StreamingCalleeTest : public ::testing::Test {
 protected:
  void Open(std::uint64_t peers_window = kPlenty, Settings settings = Script::Named("us")) {
    script_.emplace(Side::kAccepting, settings);
    script_->Open(StreamingHello(peers_window));
  }

  static Settings WithWindow(std::uint64_t window) {
    Settings settings = Script::Named("us");
    settings.window = window;
    return settings;
  }

  void ExpectFailure(std::uint64_t id, int code, const std::string& rule, bool not_run = false) {
    const StatusMessage status = script_->TakeFailure(id);
    EXPECT_EQ(status.code, code) << status.message;
    EXPECT_EQ(status.message.substr(0, rule.size()), rule) << status.message;
    EXPECT_EQ(status.not_run, not_run) << status.message;
  }

  const std::vector<std::string>& payloads() const { return script_->receiver->payloads; }

  std::optional<Script> script_;
};

}  // namespace parley

#endif  // PARLEY_TESTS_CONNECTION_STREAMING_H_
