#include <gtest/gtest.h>

#include <string>

#include "connection/scripted_peer.h"

// What one peer can make this side hold for it (C-11).

namespace parley {
namespace {

TEST(HeldTest, RequestsOverTheBoundAreRefusedUntilOthersAreAnswered) {
  Settings settings = Script::Named("us");
  settings.max_held = 3000;
  Script script(Side::kAccepting, settings);
  script.Open();
  script.Play(Request(1, std::string(2000, 'x')));
  script.Play(Request(3, std::string(1001, 'x')));
  const StatusMessage refusal = script.TakeFailure(3);
  EXPECT_EQ(refusal.code, 8);
  EXPECT_TRUE(refusal.not_run);
  EXPECT_EQ(refusal.message, "C-11: 2000 bytes are held for this connection, of at most 3000");
  script.Play(Request(5, std::string(1000, 'x')));
  ASSERT_EQ(script.receiver->calls.size(), 2u);
  ASSERT_TRUE(script.receiver->calls[0]->Begin());
  script.receiver->calls[0]->Reply({}, {});
  EXPECT_TRUE(script.Take().success);
  script.Play(Request(7, std::string(2000, 'x')));
  EXPECT_EQ(script.receiver->calls.size(), 3u);
  EXPECT_TRUE(script.Silent());
}

TEST(HeldTest, TheBoundIsThatOfTheProtocol) { EXPECT_EQ(Settings().max_held, 268'435'456u); }

}  // namespace
}  // namespace parley
