#include "parley/transport/path_claim.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "parley/transport/link.h"
#include "parley/transport/transport_error.h"
#include "support/environment.h"
#include "support/errors.h"
#include "support/open_descriptors.h"
#include "support/program.h"
#include "support/temp_directory.h"

namespace parley {
namespace {

using Reason = TransportError::Reason;

std::unique_ptr<PathClaim> Claim(const std::string& path) {
  return PathClaim::Take(Endpoint::Path(path), 16);
}

/// A failed claim: why, and in what words.
struct Failure {
  Reason reason;
  std::string text;
};

Failure FailedClaim(const Endpoint& endpoint) {
  try {
    PathClaim::Take(endpoint, 16);
  } catch (const TransportError& error) {
    return {error.reason(), error.what()};
  }
  return {Reason::kSystem, "nothing was thrown"};
}

Failure FailedClaim(const std::string& path) { return FailedClaim(Endpoint::Path(path)); }

bool IsServed(const std::string& path) {
  try {
    SocketLink::Connect(Endpoint::Path(path), std::chrono::seconds(1));
    return true;
  } catch (const TransportError&) {
    return false;
  }
}

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

/// A socket at `path` that knows nothing of locks.
Descriptor RawServer(const std::string& path, int backlog) {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = AddressOf(path);
  EXPECT_EQ(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  EXPECT_EQ(::listen(socket.number(), backlog), 0);
  return socket;
}

mode_t ModeOf(const std::string& path) {
  struct stat status;
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode : 0;
}

ino_t InodeOf(const std::string& path) {
  struct stat status;
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::string ContentsOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool Mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class PathClaimTest : public testing::Test {
 protected:
  PathClaimTest() : before_(OpenDescriptors()) {}
  // Whatever a test did, it leaves no descriptor behind.
  ~PathClaimTest() override { EXPECT_EQ(OpenDescriptors(), before_); }

  std::set<int> before_;
  TempDirectory directory_;
  std::string path_ = directory_ / "s.sock";
  std::string lock_ = directory_ / "s.lock";
};

TEST_F(PathClaimTest, aClaimedPathIsServedAndGivenBack) {
  auto claim = Claim(path_);
  EXPECT_TRUE(S_ISSOCK(ModeOf(path_)));
  EXPECT_EQ(ModeOf(lock_) & 07777, 0600u);
  EXPECT_TRUE(IsServed(path_));
  claim->Release();
  EXPECT_EQ(ModeOf(path_), 0u);
  EXPECT_TRUE(S_ISREG(ModeOf(lock_))) << "the lock file is never unlinked";
  const ino_t lock = InodeOf(lock_);
  claim->Release();
  claim = Claim(path_);
  EXPECT_TRUE(IsServed(path_));
  EXPECT_EQ(InodeOf(lock_), lock);
}

TEST_F(PathClaimTest, everyDescriptorIsClosedOnExec) {
  const auto claim = Claim(path_);
  for (const int descriptor : OpenDescriptors()) {
    if (before_.count(descriptor) == 0) {
      EXPECT_TRUE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) << descriptor;
    }
  }
}

TEST_F(PathClaimTest, aSecondServerOfTheSameProcessIsRefused) {
  const auto claim = Claim(path_);
  const Failure failure = FailedClaim(path_);
  EXPECT_EQ(failure.reason, Reason::kInUse);
  EXPECT_EQ(failure.text, "N-4: " + path_ + " is in use: " + lock_ + " is locked by this process");
  EXPECT_TRUE(IsServed(path_));
  // The refusal has not dropped the lock, as closing any descriptor of its file would.
  Program other({PARLEY_CLAIM_CHILD, "claim", path_});
  EXPECT_TRUE(Mentions(other.ReadLine(), "is locked by process " + std::to_string(::getpid())));
}

TEST_F(PathClaimTest, theSameFileUnderAnotherPathIsTheSameLock) {
  const auto claim = Claim(path_);
  const std::string inner = directory_ / "x";
  ASSERT_EQ(::mkdir(inner.c_str(), 0700), 0);
  ASSERT_EQ(::link(lock_.c_str(), (inner + "/s.lock").c_str()), 0);
  EXPECT_EQ(FailedClaim(inner + "/s.sock").reason, Reason::kInUse);
  Program other({PARLEY_CLAIM_CHILD, "claim", path_});
  EXPECT_TRUE(Mentions(other.ReadLine(), "is in use"));
}

TEST_F(PathClaimTest, aSecondProcessIsRefusedAndSucceedsAfterwards) {
  Program server({PARLEY_CLAIM_CHILD, "claim", path_});
  ASSERT_EQ(server.ReadLine(), "claimed");
  const Failure failure = FailedClaim(path_);
  EXPECT_EQ(failure.reason, Reason::kInUse);
  EXPECT_TRUE(Mentions(failure.text, "is locked by process " + std::to_string(server.pid())))
      << failure.text;
  EXPECT_TRUE(IsServed(path_));
  EXPECT_EQ(server.Finish(), 0);
  EXPECT_EQ(ModeOf(path_), 0u);
  const auto claim = Claim(path_);
  EXPECT_TRUE(IsServed(path_));
}

TEST_F(PathClaimTest, theLockAloneIsRespected) {
  Program other({PARLEY_CLAIM_CHILD, "lock", lock_});
  ASSERT_EQ(other.ReadLine(), "locked");
  EXPECT_EQ(FailedClaim(path_).reason, Reason::kInUse);
  EXPECT_EQ(ModeOf(path_), 0u);
}

TEST_F(PathClaimTest, aKilledServerLeavesItsPathToTheNext) {
  for (int round = 0; round < 20; ++round) {
    Program server({PARLEY_CLAIM_CHILD, "claim", path_});
    ASSERT_EQ(server.ReadLine(), "claimed") << "round " << round;
    server.Kill();
    EXPECT_TRUE(S_ISSOCK(ModeOf(path_)));
  }
  const auto claim = Claim(path_);
  EXPECT_TRUE(IsServed(path_));
}

TEST_F(PathClaimTest, ofManyProcessesOnAStalePathOneServes) {
  for (int round = 0; round < 3; ++round) {
    RawServer(path_, 1).Close();
    std::vector<std::unique_ptr<Program>> servers;
    for (int i = 0; i < 6; ++i) {
      servers.push_back(
          std::make_unique<Program>(std::vector<std::string>{PARLEY_CLAIM_CHILD, "claim", path_}));
    }
    int claimed = 0;
    for (const auto& server : servers) {
      const std::string line = server->ReadLine();
      if (line == "claimed") {
        ++claimed;
      } else {
        EXPECT_TRUE(Mentions(line, "N-4: ")) << line;
      }
    }
    EXPECT_EQ(claimed, 1);
    EXPECT_TRUE(IsServed(path_));
    for (const auto& server : servers) server->Finish();
  }
}

TEST_F(PathClaimTest, ofManyThreadsOneServes) {
  std::atomic<int> claimed{0};
  std::atomic<int> refused{0};
  std::vector<std::unique_ptr<PathClaim>> claims(8);
  std::vector<std::thread> threads;
  for (auto& claim : claims) {
    threads.emplace_back([&] {
      try {
        claim = Claim(path_);
        ++claimed;
      } catch (const TransportError& error) {
        EXPECT_EQ(error.reason(), Reason::kInUse);
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(claimed, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_TRUE(IsServed(path_));
}

TEST_F(PathClaimTest, aStaleSocketIsReplaced) {
  RawServer(path_, 1).Close();
  ASSERT_TRUE(S_ISSOCK(ModeOf(path_)));
  const auto claim = Claim(path_);
  EXPECT_TRUE(IsServed(path_));
}

TEST_F(PathClaimTest, aLiveServerThatTakesNoLockKeepsItsPath) {
  Descriptor server = RawServer(path_, 1'000);
  const ino_t inode = InodeOf(path_);
  const Failure failure = FailedClaim(path_);
  EXPECT_EQ(failure.reason, Reason::kInUse);
  EXPECT_EQ(failure.text, "N-5: " + path_ + " is in use: a server listens at " + path_);
  EXPECT_EQ(InodeOf(path_), inode);
  // N-6: the probes sent it nothing.
  int probes = 0;
  while (true) {
    Descriptor probe(::accept4(server.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!probe.valid()) break;
    ++probes;
    char c;
    EXPECT_EQ(::read(probe.number(), &c, 1), 0);
  }
  EXPECT_GT(probes, 1);
}

TEST_F(PathClaimTest, aLiveServerWithAFullBacklogKeepsItsPath) {
  Descriptor server = RawServer(path_, 0);
  const sockaddr_un address = AddressOf(path_);
  std::vector<Descriptor> waiting;
  while (true) {
    waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(waiting.back().number(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof address) != 0) {
      break;
    }
  }
  ASSERT_EQ(errno, EAGAIN);
  const ino_t inode = InodeOf(path_);
  EXPECT_EQ(FailedClaim(path_).reason, Reason::kInUse);
  EXPECT_EQ(InodeOf(path_), inode);
}

TEST_F(PathClaimTest, whatIsNoSocketIsLeftAsItIs) {
  const std::string target = directory_ / "target";
  std::ofstream(target) << "precious";
  const auto refused = [&](const std::string& why) {
    const ino_t inode = InodeOf(path_);
    const mode_t mode = ModeOf(path_);
    const Failure failure = FailedClaim(path_);
    EXPECT_EQ(failure.reason, Reason::kRefused);
    EXPECT_EQ(failure.text, "N-5: socket path " + path_ + " is refused: " + why);
    EXPECT_EQ(InodeOf(path_), inode);
    EXPECT_EQ(ModeOf(path_), mode);
  };
  std::ofstream(path_) << "precious";
  refused("what stands there is no socket");
  EXPECT_EQ(ContentsOf(path_), "precious");
  std::filesystem::remove(path_);

  ASSERT_EQ(::symlink(target.c_str(), path_.c_str()), 0);
  refused("a symbolic link stands there");
  EXPECT_EQ(ContentsOf(target), "precious");
  std::filesystem::remove(path_);

  ASSERT_EQ(::symlink("/nowhere/at/all", path_.c_str()), 0);
  refused("a symbolic link stands there");
  std::filesystem::remove(path_);

  const std::string elsewhere = directory_ / "elsewhere.sock";
  RawServer(elsewhere, 1).Close();
  ASSERT_EQ(::symlink(elsewhere.c_str(), path_.c_str()), 0);
  refused("a symbolic link stands there");
  EXPECT_TRUE(S_ISSOCK(ModeOf(elsewhere)));
  std::filesystem::remove(path_);

  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  refused("a directory stands there");
  std::filesystem::remove(path_);

  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  refused("what stands there is no socket");
}

TEST_F(PathClaimTest, aLockFileThatIsNoPlainFileOfOursIsRefused) {
  const std::string target = directory_ / "target";
  ASSERT_EQ(::symlink(target.c_str(), lock_.c_str()), 0);
  Failure failure = FailedClaim(path_);
  EXPECT_EQ(failure.reason, Reason::kRefused);
  EXPECT_EQ(failure.text, "N-4: lock file " + lock_ + " is refused: it is a symbolic link");
  EXPECT_EQ(ModeOf(target), 0u) << "nothing was made through the link";
  std::filesystem::remove(lock_);

  ASSERT_EQ(::mkfifo(lock_.c_str(), 0600), 0);
  EXPECT_EQ(FailedClaim(path_).text,
            "N-4: lock file " + lock_ + " is refused: it is no plain file");
}

TEST_F(PathClaimTest, aForeignSocketOrDirectoryIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file to another user";
  RawServer(path_, 1).Close();
  ASSERT_EQ(::chown(path_.c_str(), 12'345, 12'345), 0);
  EXPECT_EQ(
      FailedClaim(path_).text,
      "N-5: socket path " + path_ + " is refused: the socket there belongs to uid 12345, wanted 0");
  EXPECT_TRUE(S_ISSOCK(ModeOf(path_)));
  const std::string foreign = directory_ / "foreign";
  ASSERT_EQ(::mkdir(foreign.c_str(), 0700), 0);
  ASSERT_EQ(::chown(foreign.c_str(), 12'345, 12'345), 0);
  EXPECT_EQ(FailedClaim(foreign + "/s.sock").text,
            "N-1: directory " + foreign + " is refused: it belongs to uid 12345, wanted 0");
}

TEST_F(PathClaimTest, aDirectoryThatIsNotSafeIsRefused) {
  const std::string open = directory_ / "open";
  ASSERT_EQ(::mkdir(open.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(open.c_str(), 0770), 0);
  Failure failure = FailedClaim(open + "/s.sock");
  EXPECT_EQ(failure.reason, Reason::kRefused);
  EXPECT_EQ(failure.text, "N-1: directory " + open + " is refused: its mode is 0770, wanted 0700");
  const std::string link = directory_ / "link";
  ASSERT_EQ(::symlink(directory_.path().c_str(), link.c_str()), 0);
  EXPECT_EQ(FailedClaim(link + "/s.sock").text,
            "N-1: directory " + link + " is refused: it is a symbolic link");
  std::ofstream(directory_ / "file") << "";
  EXPECT_EQ(FailedClaim(directory_ / "file/s.sock").text,
            "N-1: directory " + (directory_ / "file") + " is refused: it is no directory");
  EXPECT_EQ(FailedClaim(directory_ / "missing/s.sock").reason, Reason::kSystem);
}

TEST_F(PathClaimTest, theDirectoriesOfANameAreMadePrivate) {
  const Endpoint endpoint = Endpoint::InRoot(directory_ / "root", "greeter", "app");
  const mode_t mask = ::umask(0);
  const auto claim = PathClaim::Take(endpoint, 16);
  ::umask(mask);
  EXPECT_EQ(ModeOf(directory_ / "root") & 07777, 0700u);
  EXPECT_EQ(ModeOf(directory_ / "root/app") & 07777, 0700u);
  EXPECT_TRUE(IsServed(endpoint.path()));
}

TEST_F(PathClaimTest, theDirectoriesOfANameAreBothChecked) {
  const std::string root = directory_ / "root";
  const Endpoint endpoint = Endpoint::InRoot(root, "greeter", "app");
  PathClaim::Take(endpoint, 16)->Release();
  ASSERT_EQ(::chmod(root.c_str(), 0755), 0);
  EXPECT_EQ(FailedClaim(endpoint).text,
            "N-1: directory " + root + " is refused: its mode is 0755, wanted 0700");
  // A client looks too: a directory that others may write to may hold their socket.
  EXPECT_EQ(ErrorOf([&] { SocketLink::Connect(endpoint, std::chrono::seconds(1)); }),
            "N-1: directory " + root + " is refused: its mode is 0755, wanted 0700");
}

TEST_F(PathClaimTest, aNameAndItsPathHaveOneLock) {
  const Endpoint endpoint = Endpoint::InRoot(directory_ / "root", "greeter", "app");
  const auto claim = PathClaim::Take(endpoint, 16);
  EXPECT_EQ(FailedClaim(endpoint.path()).reason, Reason::kInUse);
}

TEST_F(PathClaimTest, aPathThatAnotherTookOverIsNotUnlinked) {
  auto claim = Claim(path_);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  const Descriptor other = RawServer(path_, 1);
  claim.reset();
  EXPECT_TRUE(S_ISSOCK(ModeOf(path_)));
  EXPECT_TRUE(IsServed(path_));
}

TEST_F(PathClaimTest, aLockFileThatWasReplacedDoesNotGiveThePathAway) {
  const auto claim = Claim(path_);
  ASSERT_EQ(::unlink(lock_.c_str()), 0);
  const Failure failure = FailedClaim(path_);
  EXPECT_EQ(failure.reason, Reason::kInUse);
  EXPECT_TRUE(Mentions(failure.text, "N-5: ")) << failure.text;
  EXPECT_TRUE(IsServed(path_));
}

TEST_F(PathClaimTest, aForkedChildGivesNothingBack) {
  auto claim = Claim(path_);
  const pid_t child = ::fork();
  if (child == 0) {
    claim.reset();
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(IsServed(path_));
  Program other({PARLEY_CLAIM_CHILD, "claim", path_});
  EXPECT_TRUE(Mentions(other.ReadLine(), "N-4: "));
}

TEST_F(PathClaimTest, theBindsModeIsLeftToTheDirectory) {
  const mode_t mask = ::umask(0077);
  const auto claim = Claim(path_);
  EXPECT_EQ(::umask(mask), 0077u) << "the claim has changed the umask of the process";
}

}  // namespace
}  // namespace parley
