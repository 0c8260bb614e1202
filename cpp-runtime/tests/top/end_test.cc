#include <dirent.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"
#include "support/environment.h"
#include "support/open_descriptors.h"
#include "support/program.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The ways of connections, clients and servers to their end.
class EndTest : public ServerFixture {
 protected:
  bool SocketIsThere() const {
    struct stat status;
    return ::lstat((directory_ / "s.sock").c_str(), &status) == 0;
  }

  /// A connection that speaks no protocol.
  Descriptor ConnectRaw() const {
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    const std::string path = directory_ / "s.sock";
    std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
    EXPECT_EQ(::connect(socket.number(), reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
    return socket;
  }

  /// What the raw connection is told until its end.
  static std::string ReadAll(const Descriptor& socket) {
    std::string all;
    char bytes[4096];
    ssize_t count = 0;
    while ((count = ::read(socket.number(), bytes, sizeof(bytes))) > 0) {
      all.append(bytes, static_cast<std::size_t>(count));
    }
    return all;
  }
};

int Threads() {
  int count = 0;
  DIR* tasks = ::opendir("/proc/self/task");
  while (const dirent* task = ::readdir(tasks)) count += task->d_name[0] != '.' ? 1 : 0;
  ::closedir(tasks);
  return count;
}

TEST_F(EndTest, NothingIsLeftBehind) {
  // What the process makes once is made before.
  {
    const auto server = ServerBuilder().Start();
    Client::Connect(address())->Call(kEcho, Text("x"));
  }
  const std::set<int> descriptors = OpenDescriptors();
  const int threads = Threads();
  for (int round = 0; round < 20; ++round) {
    const auto server = ServerBuilder().Start();
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 5; ++i) {
      clients.push_back(Client::Builder(address()).Service(TextService()).Connect());
      EXPECT_EQ(clients.back()->Call(kBack, Text("x")).text, "back x");
    }
    const Descriptor silent = ConnectRaw();
    if (round % 2 == 0) clients.clear();
  }
  EXPECT_EQ(OpenDescriptors(), descriptors);
  EXPECT_EQ(Threads(), threads);
  EXPECT_FALSE(SocketIsThere());
}

TEST_F(EndTest, AClosingServerFinishesItsCalls) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> held = client->CallAsync(kHold, Text("x"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  std::thread closer([&] { server->Close(); });
  // GOAWAY has arrived once calls are refused; those before it may still be served.
  Outcome outcome = Outcome::kReplied;
  while (outcome == Outcome::kReplied) {
    try {
      client->Call(kEcho, Text("late"));
    } catch (const RpcException& failure) {
      outcome = failure.outcome();
      EXPECT_EQ(failure.code(), Code::kUnavailable);
    }
  }
  EXPECT_TRUE(outcome == Outcome::kNotSent || outcome == Outcome::kRejected);
  held_.Open();
  EXPECT_EQ(held.get().text, "held x");
  closer.join();
  client->AwaitClosed();
  EXPECT_FALSE(SocketIsThere());
}

TEST_F(EndTest, AHandlerMayCallBackWhileItsServerDrains) {
  Gate closing;
  const auto server = Server::Builder(address())
                          .Service(ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(kHold,
                                              [&](const Text& request, CallContext& context) {
                                                closing.Pass();
                                                return context.peer().Call(kEcho, request);
                                              })
                                       .Build())
                          .Start();
  const auto client = Client::Builder(address()).Service(TextService()).Connect();
  Future<Text> reply = client->CallAsync(kHold, Text("x"));
  ASSERT_TRUE(closing.AwaitArrivals(1));
  std::thread closer([&] { server->Close(); });
  while (SocketIsThere()) std::this_thread::yield();
  closing.Open();
  EXPECT_EQ(reply.get().text, "x");
  closer.join();
}

TEST_F(EndTest, ADrainIsBounded) {
  const auto server = ServerBuilder().DrainTimeout(milliseconds(50)).Start();
  const auto client = Client::Connect(address());
  Future<Text> held = client->CallAsync(kHold, Text("x"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  std::thread closer([&] { server->Close(); });
  EXPECT_EQ(FailureOf([&] { held.get(); }), Failed(Code::kUnavailable, Outcome::kUnknown));
  EXPECT_TRUE(cancelled_.AwaitArrivals(1));
  held_.Open();
  closer.join();
}

TEST_F(EndTest, CloseNowCutsCallsAndStopsHandlers) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  Future<Text> held = client->CallAsync(kHold, Text("x"));
  ASSERT_TRUE(held_.AwaitArrivals(1));
  std::thread closer([&] { server->CloseNow(); });
  EXPECT_EQ(FailureOf([&] { held.get(); }), Failed(Code::kUnavailable, Outcome::kUnknown));
  EXPECT_TRUE(cancelled_.AwaitArrivals(1));
  held_.Open();
  closer.join();
  server->AwaitClosed();
  EXPECT_TRUE(was_cancelled_);
}

TEST_F(EndTest, CloseNowSaysItsReasonOnBothSides) {
  const Status reason(Code::kResourceExhausted, "the moon is full");
  for (const bool server_ends : {true, false}) {
    Gate running;
    std::promise<std::string> heard;
    const auto server =
        Server::Builder(address())
            .Service(ServiceDefinition::Builder("test.v1.Text")
                         .Unary(kEcho,
                                [&](const Text& request, CallContext& context) -> Text {
                                  try {
                                    return context.peer().Call(kHold, request);
                                  } catch (const RpcException& failure) {
                                    heard.set_value(failure.what());
                                    throw;
                                  }
                                })
                         .Build())
            .Start();
    const auto client = Client::Builder(address())
                            .Service(ServiceDefinition::Builder("test.v1.Text")
                                         .Unary(kHold,
                                                [&](const Text& request, CallContext& context) {
                                                  Gate cancelled;
                                                  context.OnCancel([&] { cancelled.Open(); });
                                                  running.Open();
                                                  cancelled.Pass();
                                                  return request;
                                                })
                                         .Build())
                            .Connect();
    Future<Text> call = client->CallAsync(kEcho, Text("x"));
    running.Pass();
    if (server_ends) {
      server->CloseNow(reason);
    } else {
      client->CloseNow(reason);
    }
    try {
      call.get();
      ADD_FAILURE() << "the call did not fail";
    } catch (const RpcException& failure) {
      EXPECT_EQ(failure.code(), Code::kUnavailable);
      EXPECT_NE(std::string(failure.what()).find("the moon is full"), std::string::npos)
          << failure.what();
    }
    const std::string text = heard.get_future().get();
    EXPECT_NE(text.find("the moon is full"), std::string::npos) << text;
  }
}

TEST_F(EndTest, AClosedClientFailsItsCallsUnsent) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  client->Close();
  EXPECT_FALSE(client->IsOpen());
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text()); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->SendEvent("note", Text()); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { client->Ping().get(); }).first, Code::kUnavailable);
}

TEST_F(EndTest, APeerOutlivesItsServerIfOnlyToFail) {
  auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  const std::shared_ptr<Peer> peer = server->peers().at(0);
  server.reset();
  EXPECT_EQ(FailureOf([&] { peer->Call(kEcho, Text()); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
}

TEST_F(EndTest, NoServerIsUnavailableAndUnsent) {
  EXPECT_EQ(FailureOf([&] { Client::Connect(address()); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
}

TEST_F(EndTest, ARefusedClientIsToldWhy) {
  const auto server =
      ServerBuilder()
          .Admit([](const Applicant& applicant) {
            EXPECT_EQ(applicant.credentials.uid, ::geteuid());
            return applicant.payload == "token"
                       ? Verdict::Accept()
                       : Verdict::Refuse(Status(Code::kUnauthenticated, "no token"));
          })
          .Payload("welcome")
          .Start();
  EXPECT_EQ(FailureOf([&] { Client::Connect(address()); }),
            Failed(Code::kUnauthenticated, Outcome::kNotSent));
  const auto client = Client::Builder(address()).Payload("token").Connect();
  EXPECT_EQ(client->payload(), "welcome");
}

TEST_F(EndTest, OneBadPeerDoesNotDisturbOthers) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  const Descriptor bad = ConnectRaw();
  const char request[] = "GET / HTTP/1.1\r\n\r\n";
  ASSERT_GT(::write(bad.number(), request, sizeof(request)), 0);
  ::shutdown(bad.number(), SHUT_WR);
  EXPECT_NE(ReadAll(bad).find("F-2:"), std::string::npos);
  EXPECT_EQ(client->Call(kEcho, Text("still")).text, "still");
}

TEST_F(EndTest, SilentConnectionsDoNotKeepOthersOut) {
  const auto server = ServerBuilder().MaxHandshakes(4).Start();
  std::vector<Descriptor> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(ConnectRaw());
  const auto client = Client::Connect(address());
  EXPECT_EQ(client->Call(kEcho, Text("in")).text, "in");
  ::shutdown(silent[0].number(), SHUT_WR);
  EXPECT_NE(ReadAll(silent[0]).find("H-5:"), std::string::npos);
}

TEST_F(EndTest, APeerThatDiesInAHandlerLeavesTheOutcomeUnknown) {
  Program child({PARLEY_TEXT_PEER, "die", directory_ / "s.sock"});
  ASSERT_EQ(child.ReadLine(), "ready");
  const auto client = Client::Connect(address());
  EXPECT_EQ(FailureOf([&] { client->Call(kHold, Text()); }),
            Failed(Code::kUnavailable, Outcome::kUnknown));
  EXPECT_EQ(FailureOf([&] { client->Call(kEcho, Text()); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
}

TEST_F(EndTest, APeerThatIsKilledEndsEveryCallAtOnce) {
  Program child({PARLEY_TEXT_PEER, "serve", directory_ / "s.sock"});
  ASSERT_EQ(child.ReadLine(), "ready");
  // Our own handler keeps the call in flight.
  const auto client = Client::Builder(address())
                          .Service(ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(kEcho,
                                              [this](const Text& request, CallContext& context) {
                                                context.OnCancel([this] { cancelled_.Arrive(); });
                                                held_.Pass();
                                                return request;
                                              })
                                       .Build())
                          .Connect();
  std::vector<Future<Text>> calls;
  for (int i = 0; i < 10; ++i) calls.push_back(client->CallAsync(kBack, Text("x")));
  ASSERT_TRUE(held_.AwaitArrivals(10));
  child.Kill();
  for (Future<Text>& call : calls) {
    EXPECT_EQ(FailureOf([&] { call.get(); }), Failed(Code::kUnavailable, Outcome::kUnknown));
  }
  EXPECT_TRUE(cancelled_.AwaitArrivals(10));
  held_.Open();
}

TEST_F(EndTest, TwoProcessesCallEachOther) {
  Program child({PARLEY_TEXT_PEER, "serve", directory_ / "s.sock"});
  ASSERT_EQ(child.ReadLine(), "ready");
  const auto client = Client::Builder(address()).Service(TextService()).Connect();
  EXPECT_EQ(client->credentials().pid, child.pid());
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client->Call(kBack, Text(std::to_string(i))).text, std::to_string(i));
  }
  EXPECT_EQ(child.Finish(), 0);
  client->AwaitClosed();
  EXPECT_FALSE(SocketIsThere());
}

TEST_F(EndTest, ASecondServerGetsAClearError) {
  const auto server = ServerBuilder().Start();
  EXPECT_THROW(ServerBuilder().Start(), TransportError);
  EXPECT_EQ(Client::Connect(address())->Call(kEcho, Text("first")).text, "first");
}

TEST_F(EndTest, AServerOutOfDescriptorsRestsAndRecovers) {
  const auto server = ServerBuilder().Start();
  const auto client = Client::Connect(address());
  std::vector<Descriptor> taken;
  std::vector<Descriptor> waiting;
  rlimit before;
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit small = before;
  waiting.push_back(ConnectRaw());
  small.rlim_cur = static_cast<rlim_t>(*OpenDescriptors().rbegin()) + 3;
  ::setrlimit(RLIMIT_NOFILE, &small);
  for (int number = ::dup(0); number >= 0; number = ::dup(0)) taken.emplace_back(number);
  taken.pop_back();
  waiting.push_back(ConnectRaw());
  // Those that are connected are served meanwhile.
  EXPECT_EQ(client->Call(kEcho, Text("x")).text, "x");
  taken.clear();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(Client::Connect(address())->Call(kEcho, Text("again")).text, "again");
}

TEST_F(EndTest, TheWireLogSaysALineAFrame) {
  std::mutex mutex;
  std::vector<std::string> lines;
  WireLogSink::Set([&](const std::string& line) {
    std::lock_guard<std::mutex> lock(mutex);
    lines.push_back(line);
  });
  {
    const auto server = ServerBuilder().Start();
    Client::Connect(address())->Call(kEcho, Text("x"));
  }
  WireLogSink::Set(nullptr);
  int requests = 0;
  for (const std::string& line : lines) {
    EXPECT_EQ(line.find('\n'), std::string::npos);
    requests += line.find("REQUEST") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(requests, 2) << "one out, one in";
}

TEST_F(EndTest, APeerBearsTheNameItWasDialledByOrElseTheOneItClaims) {
  const ScopedVariable root("PARLEY_ROOT", directory_.path());
  const auto named = Server::Builder(Address::Of("greeter")).Name("impostor").Start();
  EXPECT_EQ(Client::Connect(Address::Of("greeter"))->name(), "greeter");
  const auto at_path = ServerBuilder().Name("claimed").Start();
  EXPECT_EQ(Client::Connect(address())->name(), "claimed");
}

TEST_F(EndTest, ServicesOfThisProcessArePeersToo) {
  InProcess peer({TextService()});
  EXPECT_EQ(peer.Call(kEcho, Text("x")).text, "x");
  EXPECT_EQ(FailureOf([&] { peer.Call(kFail, Text("no")); }),
            Failed(Code::kNotFound, Outcome::kReplied));
  EXPECT_EQ(
      FailureOf([&] { peer.Call(kHold, Text(), CallOptions().WithTimeout(milliseconds(5))); }),
      Failed(Code::kDeadlineExceeded, Outcome::kUnknown));
  held_.Open();
}

}  // namespace
}  // namespace parley
