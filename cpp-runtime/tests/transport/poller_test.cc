#include "parley/transport/poller.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "parley/transport/link.h"

namespace parley {
namespace {

constexpr std::chrono::nanoseconds kLong = std::chrono::seconds(20);
constexpr std::chrono::nanoseconds kNow{0};

class PollerTest : public testing::Test {
 protected:
  using Pair = std::pair<std::unique_ptr<SocketLink>, std::unique_ptr<SocketLink>>;

  /// Waits until something is reported. A change may end a wait with nothing.
  std::vector<Ready> Await(std::size_t room = 8) {
    std::vector<Ready> ready(room);
    std::size_t count = 0;
    for (int i = 0; i < 3 && count == 0; ++i) count = poller_.Wait(ready.data(), room, kLong);
    ready.resize(count);
    return ready;
  }

  /// What is ready now.
  std::size_t Count() {
    Ready ready[8];
    std::size_t count = 0;
    for (int i = 0; i < 3 && count == 0; ++i) count = poller_.Wait(ready, 8, kNow);
    return count;
  }

  Poller poller_;
};

TEST_F(PollerTest, aReadableDescriptorIsReportedWithItsTokenUntilItIsRead) {
  auto [one, other] = SocketLink::Pair();
  poller_.Add(one->descriptor(), 77, Interest::kRead);
  EXPECT_EQ(Count(), 0u);
  other->Write("x", 1);
  for (int i = 0; i < 2; ++i) {
    const std::vector<Ready> ready = Await();
    ASSERT_EQ(ready.size(), 1u);
    EXPECT_EQ(ready[0].token, 77u);
    EXPECT_TRUE(ready[0].readable);
    EXPECT_FALSE(ready[0].writable);
  }
  char c;
  one->Read(&c, 1);
  EXPECT_EQ(Count(), 0u);
}

TEST_F(PollerTest, interestCanBeChangedWithTheToken) {
  auto [one, other] = SocketLink::Pair();
  poller_.Add(one->descriptor(), 1, Interest::kNone);
  EXPECT_EQ(Count(), 0u);
  poller_.Change(one->descriptor(), 2, Interest::kWrite);
  std::vector<Ready> ready = Await();
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_EQ(ready[0].token, 2u);
  EXPECT_TRUE(ready[0].writable);
  EXPECT_FALSE(ready[0].readable);
  other->Write("x", 1);
  poller_.Change(one->descriptor(), 3, Interest::kBoth);
  ready = Await();
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_EQ(ready[0].token, 3u);
  EXPECT_TRUE(ready[0].readable);
  EXPECT_TRUE(ready[0].writable);
}

TEST_F(PollerTest, withoutInterestNotEvenTheEndIsReported) {
  auto [one, other] = SocketLink::Pair();
  poller_.Add(one->descriptor(), 1, Interest::kRead);
  poller_.Change(one->descriptor(), 1, Interest::kNone);
  other->Close();
  EXPECT_EQ(Count(), 0u);
  poller_.Change(one->descriptor(), 1, Interest::kRead);
  const std::vector<Ready> ready = Await();
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_TRUE(ready[0].readable);
}

TEST_F(PollerTest, aRemovedDescriptorIsReportedNoMore) {
  auto [one, other] = SocketLink::Pair();
  poller_.Add(one->descriptor(), 1, Interest::kRead);
  other->Write("x", 1);
  poller_.Remove(one->descriptor());
  EXPECT_EQ(Count(), 0u);
  poller_.Remove(one->descriptor());
}

TEST_F(PollerTest, moreDescriptorsThanRoomAreAllReportedInTurn) {
  std::vector<Pair> pairs;
  for (std::uint64_t i = 0; i < 100; ++i) {
    pairs.push_back(SocketLink::Pair());
    poller_.Add(pairs.back().first->descriptor(), i, Interest::kRead);
    pairs.back().second->Write("x", 1);
  }
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200 && seen.size() < 100; ++i) {
    for (const Ready& ready : Await(7)) seen.insert(ready.token);
  }
  EXPECT_EQ(seen.size(), 100u);
}

TEST_F(PollerTest, aWakeupEndsTheNextWaitAndOnlyThat) {
  Ready ready[1];
  poller_.Wakeup();
  poller_.Wakeup();
  EXPECT_EQ(poller_.Wait(ready, 1, kLong), 0u);
  auto [one, other] = SocketLink::Pair();
  poller_.Add(one->descriptor(), 1, Interest::kRead);
  EXPECT_EQ(Count(), 0u);
  // The next wait ends by what is ready, and by nothing before.
  for (int i = 0; i < 20; ++i) {
    std::thread writer([&link = *other] { link.Write("x", 1); });
    EXPECT_EQ(poller_.Wait(ready, 1, Poller::kForever), 1u);
    writer.join();
    char c;
    one->Read(&c, 1);
  }
}

TEST_F(PollerTest, aWaitIsWokenByAnotherThread) {
  std::thread waker([&] { poller_.Wakeup(); });
  Ready ready[1];
  EXPECT_EQ(poller_.Wait(ready, 1, Poller::kForever), 0u);
  waker.join();
}

TEST_F(PollerTest, aDescriptorThatIsAddedWhileAnotherThreadWaitsIsSeen) {
  auto [one, other] = SocketLink::Pair();
  other->Write("x", 1);
  std::thread waiter([&] { EXPECT_EQ(Await().size(), 1u); });
  poller_.Add(one->descriptor(), 1, Interest::kRead);
  waiter.join();
}

TEST_F(PollerTest, aWaitEndsWithItsTime) {
  Ready ready[1];
  EXPECT_EQ(poller_.Wait(ready, 1, std::chrono::microseconds(300)), 0u);
}

TEST(Bell, ringsCountAsOneAndAreTakenBack) {
  Bell bell;
  EXPECT_FALSE(WaitFor(bell.descriptor(), Interest::kRead, nullptr, kNow));
  bell.Ring();
  bell.Ring();
  EXPECT_TRUE(WaitFor(bell.descriptor(), Interest::kRead, nullptr, kNow));
  bell.Silence();
  EXPECT_FALSE(WaitFor(bell.descriptor(), Interest::kRead, nullptr, kNow));
}

TEST(Bell, endsAWaitForADescriptor) {
  auto [one, other] = SocketLink::Pair();
  Bell bell;
  std::thread ringer([&] { bell.Ring(); });
  EXPECT_FALSE(WaitFor(one->descriptor(), Interest::kRead, &bell, kLong));
  ringer.join();
  other->Write("x", 1);
  EXPECT_TRUE(WaitFor(one->descriptor(), Interest::kRead, &bell, kLong));
}

}  // namespace
}  // namespace parley
