#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

#include "connection/scripted_peer.h"

// A side that asks a silent peer for a sign of life, with a clock that the test turns (P-2).

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Settings Asking() {
  Settings settings = Script::Named("us");
  settings.keepalive = Keepalive::Times{seconds(30), seconds(20)};
  return settings;
}

class KeepaliveTest : public testing::Test {
 protected:
  KeepaliveTest() : script_(Side::kAccepting, Asking()) {}

  Script script_;
};

TEST_F(KeepaliveTest, ASilentPeerIsAskedOnceAndGivenUpWhenNothingComes) {
  script_.Open(Hello(2));
  script_.Advance(milliseconds(29'999));
  EXPECT_TRUE(script_.Silent());
  script_.Advance(milliseconds(1));
  EXPECT_EQ(script_.Take().type, FrameType::kPing);
  script_.Advance(milliseconds(19'999));
  EXPECT_TRUE(script_.Silent());
  EXPECT_FALSE(script_.receiver->closed.has_value());
  script_.Advance(milliseconds(1));
  script_.ExpectClose("P-2", 14);
}

TEST_F(KeepaliveTest, AnyByteIsASignOfLife) {
  script_.Open(Hello(2));
  script_.Advance(seconds(30));
  const Frame ping = script_.Take();
  const std::string pong = Of(FrameType::kPong, ping.id).Bytes();
  // Not even a whole frame.
  script_.PlayBytes(pong.substr(0, 1));
  script_.Advance(seconds(20));
  EXPECT_TRUE(script_.Silent());
  script_.PlayBytes(pong.substr(1));
  script_.Advance(milliseconds(29'999));
  EXPECT_TRUE(script_.Silent());
  script_.Advance(milliseconds(1));
  EXPECT_EQ(script_.Take().type, FrameType::kPing);
}

TEST_F(KeepaliveTest, WhatWaitsToBeReadIsASignOfLifeToo) {
  script_.Open(Hello(2));
  script_.Advance(seconds(30));
  script_.Take();
  // It has come, but the loop did not run meanwhile.
  script_.wire->to_connection += Of(FrameType::kPong, 99).Bytes();
  script_.Advance(seconds(20));
  EXPECT_TRUE(script_.Silent());
}

TEST_F(KeepaliveTest, APeerThatTalksIsNeverAsked) {
  script_.Open(Hello(2));
  for (int i = 0; i < 10; ++i) {
    script_.Advance(seconds(29));
    script_.Play(Of(FrameType::kPong, 99));
  }
  EXPECT_TRUE(script_.Silent());
}

TEST_F(KeepaliveTest, BelowLevelTwoSilenceIsNoFailureWhileACallRunsThere) {
  script_.Open(Hello(1));
  const std::shared_ptr<RecordedCall> call = script_.Call();
  const Frame request = script_.Take();
  script_.Advance(seconds(30));
  EXPECT_EQ(script_.Take().type, FrameType::kPing);
  script_.Advance(seconds(20));
  script_.Advance(seconds(20));
  EXPECT_TRUE(script_.Silent());
  script_.Play(Reply(request.id));
  script_.Advance(seconds(30));
  EXPECT_TRUE(script_.Silent()) << "one PING is outstanding still";
  script_.Advance(seconds(20));
  script_.ExpectClose("P-2", 14);
}

TEST_F(KeepaliveTest, AtLevelTwoACallThatRunsThereIsNoExcuse) {
  script_.Open(Hello(2));
  script_.Call();
  script_.Take();
  script_.Advance(seconds(30));
  EXPECT_EQ(script_.Take().type, FrameType::kPing);
  script_.Advance(seconds(20));
  script_.ExpectClose("P-2", 14);
}

TEST(KeepaliveSettingsTest, NobodyIsAskedUnlessTheSettingsSaySo) {
  Script script(Side::kAccepting);
  script.Open(Hello(2));
  EXPECT_TRUE(script.timers->empty());
}

TEST(KeepaliveSettingsTest, TimesThatAreNotPositiveAreRefused) {
  Settings settings = Asking();
  settings.keepalive->silence = seconds(0);
  EXPECT_THROW(settings.Check(), std::invalid_argument);
  settings = Asking();
  settings.keepalive->patience = seconds(-1);
  EXPECT_THROW(settings.Check(), std::invalid_argument);
}

}  // namespace
}  // namespace parley
