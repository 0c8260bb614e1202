#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "parley/parley.h"
#include "parley/transport/link.h"
#include "parley/transport/listener.h"
#include "support/environment.h"
#include "support/gate.h"
#include "top/fixture.h"

// What is said of an end, and what a handshake may take.

namespace parley {
namespace {

using std::chrono::milliseconds;

class GoodbyeTest : public ServerFixture {
 protected:
  /// The text that a call ends with.
  template <typename F>
  static std::string TextOf(F call) {
    try {
      call();
    } catch (const RpcException& failure) {
      return failure.status().message();
    }
    ADD_FAILURE() << "the call did not fail";
    return "";
  }

  std::string PeerSaid(const std::string& what) const {
    return "the peer " + address().ToString() + " closed the connection: " + what;
  }
};

TEST_F(GoodbyeTest, AClientThatHasClosedSaysSo) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  client->Close();
  const std::string said = "the connection was closed by this side";
  EXPECT_EQ(TextOf([&] { client->Call(kEcho, Text()); }), said);
  EXPECT_EQ(TextOf([&] { client->SendEvent("note", Text()); }), said);
  EXPECT_EQ(TextOf([&] { client->Ping().get(); }), said);
}

TEST_F(GoodbyeTest, CallsOfAServerThatClosedAtOnceSayWhoAndWhy) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> held = client->CallAsync(kHold, Text("x"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  std::thread closer([&] { server->CloseNow(); });
  EXPECT_EQ(TextOf([&] { held.get(); }), PeerSaid("UNAVAILABLE: the server closed"));
  held_.Open();
  closer.join();
  EXPECT_EQ(TextOf([&] { client->Call(kEcho, Text()); }),
            PeerSaid("UNAVAILABLE: the server closed"));
}

TEST_F(GoodbyeTest, AClientThatClosesAtOnceSaysSoOnBothSides) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Builder(address()).Name("me").Connect();
  const std::shared_ptr<Peer> peer = server->peers().at(0);
  client->CloseNow();
  EXPECT_EQ(TextOf([&] { client->Call(kEcho, Text()); }),
            "this side closed the connection: CANCELLED: the client closed the connection (peer " +
                address().ToString() + ")");
  EXPECT_EQ(TextOf([&] { peer->Call(kEcho, Text()); }),
            "the peer me closed the connection: CANCELLED: the client closed the connection");
}

TEST_F(GoodbyeTest, AServerThatClosesIsSaidToTakeNoMoreCalls) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  server->Close();
  EXPECT_EQ(TextOf([&] { client->Call(kEcho, Text()); }),
            "the peer " + address().ToString() + " takes no more calls");
}

TEST_F(GoodbyeTest, AServerThatNeverAnswersIsNotWaitedForLongerThanAsked) {
  const auto silent = Listener::Open(address().endpoint());
  EXPECT_EQ(TextOf([&] { Client::Builder(address()).ConnectTimeout(milliseconds(20)).Connect(); }),
            "H-5: no answer to HELLO within 20 ms (peer " + address().ToString() + ")");
}

TEST_F(GoodbyeTest, AClientThatNeverSaysHelloIsNotWaitedForLongerThanAsked) {
  const auto server = ServerBuilder().HandshakeTimeout(milliseconds(20)).Start();
  const auto link = SocketLink::Connect(address().endpoint(), std::chrono::seconds(10));
  std::string said;
  char bytes[1024];
  Transfer transfer{Transfer::State::kWouldBlock};
  while (transfer.state != Transfer::State::kEnd) {
    transfer = link->Read(bytes, sizeof(bytes));
    ASSERT_NE(transfer.state, Transfer::State::kFailed);
    if (transfer.state == Transfer::State::kDone) said.append(bytes, transfer.count);
    std::this_thread::yield();
  }
  EXPECT_NE(said.find("H-5: no HELLO within 20 ms"), std::string::npos) << said;
}

TEST_F(GoodbyeTest, AHandshakeNeedsATime) {
  EXPECT_THROW(ServerBuilder().HandshakeTimeout(milliseconds(0)).Start(), std::invalid_argument);
  EXPECT_THROW(Client::Builder(address()).ConnectTimeout(milliseconds(-1)).Connect(),
               std::invalid_argument);
}

TEST_F(GoodbyeTest, AServerClaimsTheNameOfItsAddress) {
  const auto at_path = ServerBuilder().Start();
  EXPECT_EQ(Client::Connect(address())->name(), "server");
  const ScopedVariable root("PARLEY_ROOT", directory_.path());
  const Address named = Address::Of("greeter");
  const auto server = Server::Builder(named).Start();
  EXPECT_EQ(Client::Connect(Address::Path(named.endpoint().path()))->name(), "greeter");
}

}  // namespace
}  // namespace parley
