#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"

// Calls beyond the room of the outbox, over a real socket.

namespace parley {
namespace {

class QueueTest : public ServerFixture {};

TEST_F(QueueTest, ManyLargeCallsOfManyThreadsAreAllAnswered) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&client, i] {
      const std::string large(50'000, static_cast<char>('a' + i));
      std::vector<Future<Text>> replies;
      for (int k = 0; k < 100; ++k) replies.push_back(client->CallAsync(kEcho, Text(large)));
      for (Future<Text>& reply : replies) EXPECT_EQ(reply.get().text, large);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace parley
