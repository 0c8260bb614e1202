#include "connection/busy_poll.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

constexpr std::int64_t kBound = 50'000;

/// Polls in vain, from `now` to the end of the bound.
void PollInVain(BusyPoll& poll, std::int64_t now) {
  for (std::int64_t at = now; poll.Pause(at); at += 1'000) {
    ASSERT_LE(at, now + kBound);
  }
}

TEST(BusyPollTest, ABoundOfZeroIsNoPolling) {
  BusyPoll poll;
  EXPECT_FALSE(poll.Begin(0, 0));
}

TEST(BusyPollTest, WhatIsFoundExtendsTheBound) {
  BusyPoll poll;
  ASSERT_TRUE(poll.Begin(0, kBound));
  EXPECT_TRUE(poll.Pause(kBound - 1));
  poll.Found(kBound - 1);
  EXPECT_TRUE(poll.Pause(2 * kBound - 2));
  EXPECT_FALSE(poll.Pause(2 * kBound - 1));
}

TEST(BusyPollTest, AfterSomePollsInVainOnlyOneInManyIsMade) {
  BusyPoll poll;
  int made = 0;
  for (int i = 0; i < 330; ++i) {
    const std::int64_t now = i * 1'000'000;
    if (poll.Begin(now, kBound)) {
      ++made;
      PollInVain(poll, now);
    }
  }
  EXPECT_GE(made, 5 + 9);
  EXPECT_LE(made, 5 + 11);
}

TEST(BusyPollTest, OnePollThatPaysHasAllBeMadeAgain) {
  BusyPoll poll;
  std::int64_t now = 0;
  while (poll.Begin(now, kBound)) {
    PollInVain(poll, now);
    now += 1'000'000;
  }
  while (!poll.Begin(now, kBound)) now += 1'000'000;
  poll.Found(now);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(poll.Begin(now, kBound));
    poll.Found(now);
  }
}

}  // namespace
}  // namespace parley
