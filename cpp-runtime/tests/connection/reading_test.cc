#include "connection/reading.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "connection/timers.h"

namespace parley {
namespace {

TEST(ReadingTest, OnlyOneHasTheRole) {
  Reading reading;
  EXPECT_TRUE(reading.Take(Reading::Role::kCaller));
  EXPECT_FALSE(reading.Take(Reading::Role::kLoop));
  reading.Release();
  EXPECT_TRUE(reading.Take(Reading::Role::kLoop));
  reading.Retire();
  EXPECT_FALSE(reading.Take(Reading::Role::kCaller));
  EXPECT_TRUE(reading.IsOver());
}

TEST(ReadingTest, NobodyParksAtAFreeRole) {
  Reading reading;
  Waiter waiter;
  reading.Park(waiter, std::nullopt);
  EXPECT_FALSE(reading.HasParked());
}

TEST(ReadingTest, ParkingEndsAtItsTime) {
  Reading reading;
  Waiter waiter;
  ASSERT_TRUE(reading.Take(Reading::Role::kLoop));
  const std::int64_t until = MonotonicNow() + 2'000'000;
  reading.Park(waiter, until);
  EXPECT_GE(MonotonicNow(), until);
  EXPECT_FALSE(reading.HasParked());
}

TEST(ReadingTest, WhoeverLeavesCallsOneAndNoneIsForgotten) {
  Reading reading;
  constexpr int kThreads = 8;
  constexpr int kTurns = 500;
  // Guarded by the role: a second holder would be seen here, and by the thread sanitizer.
  int turns = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      Waiter waiter;
      for (int j = 0; j < kTurns; ++j) {
        while (!reading.Take(Reading::Role::kCaller)) {
          reading.Park(waiter, std::nullopt);
        }
        ++turns;
        reading.Release();
        reading.CallNext();
      }
      // Called perhaps, and in no need of the role any more.
      reading.CallNext();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(turns, kThreads * kTurns);
  EXPECT_FALSE(reading.HasParked());
}

TEST(ReadingTest, AWaiterThatIsOverIsNotCalledInPlaceOfAnother) {
  Reading reading;
  ASSERT_TRUE(reading.Take(Reading::Role::kLoop));
  Waiter over;
  Waiter waits;
  std::thread first([&] { reading.Park(over, std::nullopt); });
  while (!reading.HasParked()) std::this_thread::yield();
  std::atomic<bool> called{false};
  std::thread second([&] {
    reading.Park(waits, std::nullopt);
    called = true;
  });
  reading.Release();
  over.Finish();
  while (!called) reading.CallNext();
  first.join();
  second.join();
}

}  // namespace
}  // namespace parley
