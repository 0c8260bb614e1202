#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/program.h"
#include "top/fixture.h"
#include "top/recorded_life.h"

namespace parley {
namespace {

/// Where servers listen: inherited and shared sockets, sockets for others, removed ones.
class ListenerTest : public ServerFixture {
 protected:
  std::string socket() const { return directory_ / "s.sock"; }

  std::string Served() { return Client::Connect(address())->Call(kEcho, Text("pid")).text; }

  /// A server's process that has the socket as its standard input.
  std::unique_ptr<Program> Share(const SharedListener& shared) {
    auto child =
        std::make_unique<Program>(std::vector<std::string>{PARLEY_TEXT_PEER, "serve", "inherited"},
                                  std::vector<std::pair<int, int>>{{shared.descriptor(), 0}});
    EXPECT_EQ(child->ReadLine(), "ready");
    return child;
  }

  /// Starts a server as systemd does, with the socket as descriptors 3 and 4.
  std::unique_ptr<Program> Activate(const SharedListener& shared, const std::string& what,
                                    const std::string& environment) {
    return std::make_unique<Program>(
        std::vector<std::string>{"/bin/sh", "-c", environment + " exec \"$@\"", "sh",
                                 PARLEY_TEXT_PEER, "serve", what},
        std::vector<std::pair<int, int>>{{shared.descriptor(), 3}, {shared.descriptor(), 4}});
  }

  void SetMode(mode_t mode) { ASSERT_EQ(::chmod((directory_ / ".").c_str(), mode), 0); }

  mode_t ModeOfSocket() const {
    struct stat status;
    return ::lstat(socket().c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }

  bool Exists() const { return ::access(socket().c_str(), F_OK) == 0; }

  static TransportError::Reason ReasonOf(const std::function<void()>& attempt, const char* text) {
    try {
      attempt();
    } catch (const TransportError& error) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
      return error.reason();
    }
    ADD_FAILURE() << "nothing was thrown";
    return TransportError::Reason::kSystem;
  }
};

TEST_F(ListenerTest, SeveralProcessesServeOneAddressAndOneThatIsKilledTakesNoOtherWithIt) {
  const auto shared = SharedListener::Claim(address());
  std::vector<std::unique_ptr<Program>> servers;
  servers.push_back(Share(*shared));
  servers.push_back(Share(*shared));
  const std::string doomed = std::to_string(servers[0]->pid());
  const std::string other = std::to_string(servers[1]->pid());
  std::vector<std::unique_ptr<Client>> clients;
  std::set<std::string> pids;
  // Each of those that listen gets some, sooner or later.
  while (pids.size() < 2) {
    clients.push_back(Client::Connect(address()));
    pids.insert(clients.back()->Call(kEcho, Text("pid")).text);
  }
  servers[0].reset();  // kill -9
  int others = 0;
  for (const auto& client : clients) {
    try {
      EXPECT_EQ(client->Call(kEcho, Text("pid")).text, other);
      ++others;
    } catch (const RpcException&) {
      // It was served by the one that is gone.
    }
  }
  EXPECT_GT(others, 0);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Served(), other);
  }
  EXPECT_THROW(ServerBuilder().Start(), TransportError);
  shared->Close();
  EXPECT_FALSE(Exists());
  ServerBuilder().Start();
}

TEST_F(ListenerTest, AServerAcceptsOnTheSocketThatSystemdHandsToIt) {
  const auto shared = SharedListener::Claim(address());
  {
    const auto server = Activate(*shared, "activated", "LISTEN_PID=$$ LISTEN_FDS=1");
    EXPECT_EQ(server->ReadLine(), "ready");
    EXPECT_EQ(Served(), std::to_string(server->pid()));
  }
  EXPECT_TRUE(Exists());
  const auto server =
      Activate(*shared, "activated-web", "LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=other:web");
  EXPECT_EQ(server->ReadLine(), "ready");
  EXPECT_EQ(Served(), std::to_string(server->pid()));
}

TEST_F(ListenerTest, SocketsForAnotherProcessAreNotTaken) {
  const auto shared = SharedListener::Claim(address());
  const auto server = Activate(*shared, "activated", "LISTEN_PID=1 LISTEN_FDS=1");
  EXPECT_EQ(server->ReadLine(),
            "N-8: no socket  was handed to this process: LISTEN_PID is 1, and "
            "this is process " +
                std::to_string(server->pid()));
}

TEST_F(ListenerTest, WhatIsNoListeningSocketIsRefused) {
  FILE* const file = std::tmpfile();
  ReasonOf([file] { Server::Builder(Address::Inherited(::dup(::fileno(file)))).Start(); }, "N-8");
  std::fclose(file);
  EXPECT_EQ(ReasonOf([] { Address::Inherited(1); }, "descriptor 1"),
            TransportError::Reason::kBadAddress);
  EXPECT_THROW(Client::Connect(Address::Inherited(0)), RpcException);
}

TEST_F(ListenerTest, ASocketForAllIsNeverSeenWithAnotherMode) {
  SetMode(0755);
  std::atomic<bool> over{false};
  std::set<mode_t> modes;
  std::thread watcher([&] {
    while (!over) {
      modes.insert(ModeOfSocket());
    }
  });
  for (int i = 0; i < 50; ++i) {
    const auto server = ServerBuilder().Access(Access::All()).Start();
    EXPECT_EQ(Client::Connect(address())->Call(kEcho, Text("a")).text, "a");
    EXPECT_EQ(ModeOfSocket(), 0666u);
  }
  over = true;
  watcher.join();
  modes.erase(0);  // Not yet, or between two servers.
  EXPECT_EQ(modes, std::set<mode_t>{0666});
}

TEST_F(ListenerTest, ASocketForAGroupIsTheGroups) {
  SetMode(0755);
  const struct group* const mine = ::getgrgid(::getegid());
  ASSERT_NE(mine, nullptr);
  {
    const auto server = ServerBuilder().Access(Access::Group(mine->gr_name)).Start();
    EXPECT_EQ(ModeOfSocket(), 0660u);
  }
  EXPECT_EQ(ReasonOf([this] { ServerBuilder().Access(Access::Group("no-such-group")).Start(); },
                     "no group no-such-group"),
            TransportError::Reason::kBadAddress);
  SetMode(0700);
  ServerBuilder().Start();  // Nothing was left.
}

TEST_F(ListenerTest, ASocketForOthersNeedsAPathInADirectoryThatOthersMayNotChange) {
  EXPECT_EQ(
      ReasonOf([] { Server::Builder(Address::Of("a")).Access(Access::All()).Start(); }, "N-9"),
      TransportError::Reason::kRefused);
  SetMode(0775);
  EXPECT_EQ(ReasonOf([this] { ServerBuilder().Access(Access::All()).Start(); }, "0775"),
            TransportError::Reason::kRefused);
  SetMode(0700);
}

TEST_F(ListenerTest, AServerWhoseSocketIsRemovedSaysSoAndCanPutItBack) {
  const auto life = std::make_shared<RecordedLife>();
  auto server = ServerBuilder().Listener(life).Start();
  const auto before = Client::Connect(address());
  ASSERT_EQ(::unlink(socket().c_str()), 0);
  life->Await("failed", 1);
  EXPECT_THROW(Client::Connect(address()), RpcException);
  server->RestoreSocket();
  EXPECT_EQ(Client::Connect(address())->Call(kEcho, Text("a")).text, "a");
  EXPECT_EQ(before->Call(kEcho, Text("b")).text, "b");
  server->RestoreSocket();  // Nothing to do.
  ASSERT_EQ(::unlink(socket().c_str()), 0);
  life->Await("failed", 2);
  std::ofstream(socket()) << "not a socket";
  EXPECT_EQ(ReasonOf([&server] { server->RestoreSocket(); }, "no socket"),
            TransportError::Reason::kRefused);
  ASSERT_EQ(::unlink(socket().c_str()), 0);
  server->RestoreSocket();
  EXPECT_EQ(before->Call(kEcho, Text("c")).text, "c");
  server->Close();
  EXPECT_FALSE(Exists());
  server = ServerBuilder().Start();
}

TEST_F(ListenerTest, AServerThatIsOutOfDescriptorsTakesThoseThatWaitWhenThereAreSomeAgain) {
  Program server(
      {"/bin/sh", "-c", "ulimit -n 32; exec \"$@\"", "sh", PARLEY_TEXT_PEER, "serve", socket()});
  EXPECT_EQ(server.ReadLine(), "ready");
  {
    std::vector<std::unique_ptr<SocketLink>> idle;
    for (int i = 0; i < 60; ++i) {
      idle.push_back(SocketLink::Connect(address().endpoint(), std::chrono::seconds(5)));
    }
  }
  EXPECT_EQ(Served(), std::to_string(server.pid()));
}

TEST_F(ListenerTest, ServersInOneProcessKnowNothingOfEachOther) {
  const auto first = ServerBuilder().Start();
  const auto one = Client::Connect(address());
  const Address other = Address::Path(directory_ / "t.sock");
  {
    const auto second = Server::Builder(other).Service(TextService()).Start();
    const auto two = Client::Connect(other);
    EXPECT_EQ(two->Call(kEcho, Text("b")).text, "b");
    EXPECT_EQ(second->peers().size(), 1u);
  }
  EXPECT_EQ(one->Call(kEcho, Text("a")).text, "a");
  EXPECT_EQ(first->peers().size(), 1u);
}

}  // namespace
}  // namespace parley
