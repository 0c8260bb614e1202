#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

#include "support/open_descriptors.h"
#include "support/program.h"
#include "top/fixture.h"

namespace parley {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Processes that are started, and the way to them.
class ChildProcessTest : public ::testing::Test {
 protected:
  ChildProcess::Builder Child(const std::string& how) {
    ChildProcess::Builder builder({PARLEY_TEXT_PEER, "child", how});
    builder.Service(ServiceDefinition::Builder("test.v1.Text")
                        .Unary(kEcho,
                               [this](const Text& request, CallContext&) {
                                 if (request.text == "I am there") there_.Arrive();
                                 return Text("parent: " + request.text);
                               })
                        .Build());
    return builder;
  }

  static std::pair<Code, Outcome> FailureOf(const std::function<void()>& call) {
    try {
      call();
    } catch (const RpcException& failure) {
      return {failure.code(), failure.outcome()};
    }
    ADD_FAILURE() << "the call did not fail";
    return {Code::kUnknown, Outcome::kReplied};
  }

  /// No process is left that nobody has waited for.
  static void ExpectNoZombie() {
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }

  Gate there_;
};

using Failed = std::pair<Code, Outcome>;

TEST_F(ChildProcessTest, ParentAndChildCallEachOtherFromTheFirstMoment) {
  auto builder = Child("serve");
  const auto child = builder.Spawn();
  EXPECT_EQ(child->peer().Call(kEcho, Text("a")).text, "child: a");
  EXPECT_TRUE(there_.AwaitArrivals(1));
  EXPECT_EQ(child->peer().Call(kEcho, Text("ask back")).text, "parent: from below");
  EXPECT_EQ(child->peer().Call(kEcho, Text("variable")).text, "unset");
  EXPECT_EQ(child->peer().credentials().uid, ::geteuid());
}

TEST_F(ChildProcessTest, AChildEndsWhenItsParentCloses) {
  auto builder = Child("serve");
  const auto child = builder.Spawn();
  EXPECT_TRUE(there_.AwaitArrivals(1));
  child->Close();
  EXPECT_FALSE(child->IsAlive());
  EXPECT_EQ(child->Wait(), 0);
  EXPECT_EQ(FailureOf([&] { child->peer().Call(kEcho, Text("b")); }).second, Outcome::kNotSent);
  ExpectNoZombie();
}

TEST_F(ChildProcessTest, AChildThatDiesEndsTheCallsThatItRan) {
  auto builder = Child("serve");
  const auto child = builder.Spawn();
  EXPECT_EQ(FailureOf([&] { child->peer().Call(kEcho, Text("die")); }),
            Failed(Code::kUnavailable, Outcome::kUnknown));
  EXPECT_EQ(child->Wait(), SIGKILL);
}

TEST_F(ChildProcessTest, AChildThatEndsBeforeItHasConnectedEndsTheCallsThatWait) {
  auto builder = Child("exit");
  const auto child = builder.Spawn();
  EXPECT_EQ(FailureOf([&] { child->peer().Call(kEcho, Text("a")); }),
            Failed(Code::kUnavailable, Outcome::kNotSent));
  EXPECT_EQ(FailureOf([&] { child->peer().SendEvent("e", Text("a")); }).second, Outcome::kNotSent);
  EXPECT_EQ(WEXITSTATUS(child->Wait()), 7);
}

TEST_F(ChildProcessTest, AChildThatSaysNothingIsGivenUpAndKilled) {
  auto builder = Child("no-hello");
  const auto child =
      builder.ConnectTimeout(milliseconds(200)).ExitTimeout(milliseconds(10)).Spawn();
  EXPECT_EQ(FailureOf([&] { child->peer().Call(kEcho, Text("a")); }).second, Outcome::kNotSent);
  child->Close();
  EXPECT_EQ(child->Wait(), SIGKILL);
  ExpectNoZombie();
}

TEST_F(ChildProcessTest, ACommandThatCannotBeStartedIsToldOf) {
  try {
    ChildProcess::Spawn({"/no/such/program"});
    FAIL() << "it was started";
  } catch (const TransportError& error) {
    EXPECT_NE(std::string(error.what()).find("/no/such/program"), std::string::npos);
  }
}

TEST_F(ChildProcessTest, AChildThatIsAskedToEndsWhenItsParentIsKilled) {
  pid_t grandchild = 0;
  {
    Program parent({PARLEY_TEXT_PEER, "parent", "-"});
    grandchild = std::stoi(parent.ReadLine());
  }
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, grandchild, 0)));
  pollfd ended{process.number(), POLLIN, 0};
  EXPECT_TRUE(!process.valid() || ::poll(&ended, 1, 30'000) == 1);
}

TEST_F(ChildProcessTest, ManyChildrenLeaveNothing) {
  ChildProcess::Spawn({"true"})->Close();
  const auto before = OpenDescriptors();
  for (int i = 0; i < 50; ++i) {
    const auto child = ChildProcess::Spawn({"true"});
    EXPECT_EQ(FailureOf([&] { child->peer().Call(kEcho, Text("a")); }).second, Outcome::kNotSent);
  }
  EXPECT_EQ(OpenDescriptors(), before);
  ExpectNoZombie();
}

TEST_F(ChildProcessTest, WhoWasNotStartedAsAChildHasNoParent) {
  EXPECT_FALSE(Parent::IsThere());
  EXPECT_THROW(Parent::Connect(), std::logic_error);
}

}  // namespace
}  // namespace parley
