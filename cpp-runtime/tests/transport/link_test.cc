#include "parley/transport/link.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "parley/transport/listener.h"
#include "parley/transport/poller.h"
#include "parley/transport/transport_error.h"
#include "support/errors.h"
#include "support/open_descriptors.h"
#include "support/program.h"
#include "support/temp_directory.h"

namespace parley {
namespace {

using Reason = TransportError::Reason;
using State = Transfer::State;

constexpr std::chrono::seconds kLong{20};

class LinkTest : public testing::Test {
 protected:
  LinkTest() : before_(OpenDescriptors()) {}
  ~LinkTest() override { EXPECT_EQ(OpenDescriptors(), before_); }

  /// Waits for a connection, as a server's loop does.
  static std::unique_ptr<SocketLink> Accept(Listener& listener) {
    while (true) {
      if (auto link = listener.Accept()) return link;
      EXPECT_TRUE(WaitFor(listener.descriptor(), Interest::kRead, nullptr, kLong));
    }
  }

  static Reason ReasonOf(const Endpoint& endpoint, std::chrono::milliseconds timeout) {
    try {
      SocketLink::Connect(endpoint, timeout);
    } catch (const TransportError& error) {
      return error.reason();
    }
    ADD_FAILURE() << "connected";
    return Reason::kSystem;
  }

  std::set<int> before_;
  TempDirectory directory_;
  Endpoint endpoint_ = Endpoint::Path(directory_ / "s.sock");
};

TEST_F(LinkTest, bytesGoBothWaysAndTheEndIsSeen) {
  auto [one, other] = SocketLink::Pair();
  char buffer[16];
  EXPECT_EQ(one->Read(buffer, sizeof buffer).state, State::kWouldBlock);
  EXPECT_EQ(one->Write("hello", 5).count, 5u);
  const Transfer read = other->Read(buffer, sizeof buffer);
  EXPECT_EQ(read.state, State::kDone);
  EXPECT_EQ(std::string(buffer, read.count), "hello");
  one->ShutdownWrite();
  EXPECT_EQ(other->Read(buffer, sizeof buffer).state, State::kEnd);
  // The other direction is still open.
  EXPECT_EQ(other->Write("bye", 3).count, 3u);
  EXPECT_EQ(one->Read(buffer, sizeof buffer).count, 3u);
}

TEST_F(LinkTest, aWriteToAClosedPeerIsAnEndAndNoSignal) {
  auto [one, other] = SocketLink::Pair();
  other->Close();
  other->Close();
  EXPECT_EQ(one->Write("x", 1).state, State::kEnd);
}

TEST_F(LinkTest, theLastWordsOfAPeerAreReadEvenWithBytesOfOursUnread) {
  auto [one, other] = SocketLink::Pair();
  one->Write("unread", 6);
  other->Write("goaway", 6);
  other->Close();
  char buffer[16];
  EXPECT_EQ(one->Read(buffer, sizeof buffer).count, 6u);
  EXPECT_EQ(one->Read(buffer, sizeof buffer).state, State::kEnd);
}

TEST_F(LinkTest, aFullSocketBlocksNobody) {
  auto [one, other] = SocketLink::Pair();
  const std::string bytes(100'000, 'x');
  std::size_t written = 0;
  while (true) {
    const Transfer transfer = one->Write(bytes.data(), bytes.size());
    if (transfer.state == State::kWouldBlock) break;
    ASSERT_EQ(transfer.state, State::kDone);
    written += transfer.count;
  }
  EXPECT_FALSE(WaitFor(one->descriptor(), Interest::kWrite, nullptr, std::chrono::seconds(0)));
  std::string buffer(written, '\0');
  std::size_t read = 0;
  while (read < written) read += other->Read(&buffer[read], written - read).count;
  EXPECT_TRUE(WaitFor(one->descriptor(), Interest::kWrite, nullptr, kLong));
}

TEST_F(LinkTest, bothSidesKnowEachOtherBeforeTheFirstByte) {
  const auto listener = Listener::Open(endpoint_);
  const auto client = SocketLink::Connect(endpoint_, kLong);
  const auto server = Accept(*listener);
  for (const SocketLink* link : {client.get(), server.get()}) {
    EXPECT_EQ(link->credentials().uid, ::geteuid());
    EXPECT_EQ(link->credentials().gid, ::getegid());
    EXPECT_EQ(link->credentials().pid, ::getpid());
  }
}

TEST_F(LinkTest, theServersCredentialsAreThoseOfItsProcess) {
  Program server({PARLEY_CLAIM_CHILD, "claim", endpoint_.path()});
  ASSERT_EQ(server.ReadLine(), "claimed");
  EXPECT_EQ(SocketLink::Connect(endpoint_, kLong)->credentials().pid, server.pid());
}

TEST_F(LinkTest, everyDescriptorIsNonBlockingAndClosedOnExec) {
  const auto listener = Listener::Open(endpoint_);
  const auto client = SocketLink::Connect(endpoint_, kLong);
  const auto server = Accept(*listener);
  const auto pair = SocketLink::Pair();
  for (const int descriptor : {listener->descriptor(), client->descriptor(), server->descriptor(),
                               pair.first->descriptor(), pair.second->descriptor()}) {
    EXPECT_TRUE(::fcntl(descriptor, F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC);
  }
}

TEST_F(LinkTest, aServerThatIsNotUpIsToldFromOtherFailures) {
  EXPECT_EQ(ReasonOf(endpoint_, kLong), Reason::kNotListening);
  EXPECT_EQ(ErrorOf([&] { SocketLink::Connect(endpoint_, kLong); }),
            "N-8: no server at " + endpoint_.path() + ": no socket there");
  Program server({PARLEY_CLAIM_CHILD, "claim", endpoint_.path()});
  ASSERT_EQ(server.ReadLine(), "claimed");
  server.Kill();
  EXPECT_EQ(ReasonOf(endpoint_, kLong), Reason::kNotListening);
  // A name whose directories are not there yet.
  EXPECT_EQ(ReasonOf(Endpoint::InRoot(directory_ / "root", "n", "app"), kLong),
            Reason::kNotListening);
}

TEST_F(LinkTest, aFullBacklogIsWaitedFor) {
  const auto listener = Listener::Open(endpoint_, 0);
  const auto first = SocketLink::Connect(endpoint_, kLong);
  EXPECT_EQ(ReasonOf(endpoint_, std::chrono::milliseconds(20)), Reason::kNotListening);
  std::thread acceptor([&] {
    Accept(*listener);
    Accept(*listener);
  });
  const auto second = SocketLink::Connect(endpoint_, kLong);
  acceptor.join();
}

TEST_F(LinkTest, acceptWithNobodyThereReturnsNothing) {
  const auto listener = Listener::Open(endpoint_);
  EXPECT_EQ(listener->Accept(), nullptr);
}

TEST_F(LinkTest, aClientThatLeftBeforeAcceptIsNoError) {
  const auto listener = Listener::Open(endpoint_);
  SocketLink::Connect(endpoint_, kLong).reset();
  const auto server = Accept(*listener);
  char c;
  EXPECT_EQ(server->Read(&c, 1).state, State::kEnd);
}

TEST_F(LinkTest, runningOutOfDescriptorsIsToldAndPasses) {
  const auto listener = Listener::Open(endpoint_);
  const auto client = SocketLink::Connect(endpoint_, kLong);
  rlimit limit;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  rlimit low = limit;
  low.rlim_cur = static_cast<rlim_t>(*OpenDescriptors().rbegin() + 1);
  // The numbers below the limit are all taken.
  std::vector<Descriptor> filling;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  while (true) {
    Descriptor more(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!more.valid()) break;
    filling.push_back(std::move(more));
  }
  Reason reason = Reason::kSystem;
  try {
    listener->Accept();
  } catch (const TransportError& error) {
    reason = error.reason();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(reason, Reason::kExhausted);
  EXPECT_NE(Accept(*listener), nullptr);
}

TEST_F(LinkTest, anInheritedListenerIsServedButNotOwned) {
  auto owner = Listener::Open(endpoint_);
  auto heir = Listener::Adopt(Descriptor(::dup(owner->descriptor())));
  const auto client = SocketLink::Connect(endpoint_, kLong);
  EXPECT_NE(Accept(*heir), nullptr);
  heir->Close();
  EXPECT_NO_THROW(SocketLink::Connect(endpoint_, kLong)) << "the path is still there";
  const auto pair = SocketLink::Pair();
  EXPECT_NE(ErrorOf([&] {
              Listener::Adopt(Descriptor(::dup(pair.first->descriptor())));
            }).find("does not listen"),
            std::string::npos);
}

TEST_F(LinkTest, aClosedListenerGivesItsPathBackToTheNext) {
  const auto first = Listener::Open(endpoint_);
  first->Close();
  first->Close();
  EXPECT_EQ(ReasonOf(endpoint_, kLong), Reason::kNotListening);
  const auto second = Listener::Open(endpoint_);
  EXPECT_NO_THROW(SocketLink::Connect(endpoint_, kLong));
}

TEST_F(LinkTest, anAbstractNameIsServedWithoutAFile) {
  const Endpoint endpoint = Endpoint::Abstract("parley-test-" + std::to_string(::getpid()));
  EXPECT_EQ(ReasonOf(endpoint, kLong), Reason::kNotListening);
  auto listener = Listener::Open(endpoint);
  EXPECT_EQ(ErrorOf([&] { Listener::Open(endpoint); }), endpoint.label() + " is in use");
  const auto client = SocketLink::Connect(endpoint, kLong);
  EXPECT_EQ(Accept(*listener)->credentials().pid, ::getpid());
  listener->Close();
  EXPECT_EQ(ReasonOf(endpoint, kLong), Reason::kNotListening);
}

TEST_F(LinkTest, shuttingDownWakesWhoWaits) {
  auto [one, other] = SocketLink::Pair();
  std::thread waiter(
      [&link = *one] { EXPECT_TRUE(WaitFor(link.descriptor(), Interest::kRead, nullptr, kLong)); });
  one->ShutdownBoth();
  waiter.join();
  char c;
  EXPECT_EQ(one->Read(&c, 1).state, State::kEnd);
}

}  // namespace
}  // namespace parley
