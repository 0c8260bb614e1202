#include "spin_search.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "parley/rpc/rpc_exception.h"
#include "parley/transport/socket_names.h"
#include "parley/transport/transport_error.h"
#include "transport/system.h"

extern char** environ;

namespace parley {
namespace {

constexpr int kStarts = 5;
constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLongestPause{50};
// How long after the end of a command that has not failed a server may still come of it.
constexpr std::chrono::seconds kGrace{1};

}  // namespace

/// A process that was started. A thread of its own waits for it, so that nothing is left of it.
struct SpinSearch::Started {
  pid_t pid = 0;
  std::atomic<bool> ended{false};
  std::atomic<int> status{0};
  std::chrono::steady_clock::time_point ended_at;
  /// What code of this program's threw instead of starting it.
  std::string thrown;
};

SpinSearch::SpinSearch(SpinUp spin_up, Address address)
    : spin_up_(std::move(spin_up)), address_(std::move(address)) {}

SpinSearch::~SpinSearch() = default;

std::unique_ptr<Link> SpinSearch::Find(const std::function<bool()>& stopped,
                                       std::chrono::milliseconds connect_timeout) {
  std::chrono::steady_clock::time_point deadline;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!deadline_.has_value()) {
      deadline_ = std::chrono::steady_clock::now() + spin_up_.timeout();
      starts_ = 0;
    }
    deadline = *deadline_;
  }
  started_.reset();
  bool leads = false;
  auto pause = kFirstPause;
  for (;;) {
    if (stopped()) Fail("the client was closed");
    if (std::unique_ptr<Link> link = Connect(connect_timeout)) return link;
    if (std::chrono::steady_clock::now() >= deadline) {
      if (started_ != nullptr && started_->pid != 0 && !started_->ended)
        ::kill(started_->pid, SIGKILL);
      Fail("it is not ready in time; " + last_);
    }
    if (!leads && TakeLock()) {
      leads = true;
      continue;  // Whoever had the lock before may have started it.
    }
    if (leads) {
      const std::string fault = started_ == nullptr ? "not started" : Fault();
      if (!fault.empty()) {
        if (started_ != nullptr) last_ = fault;
        if (starts_ == kStarts) Fail(last_);
        ++starts_;
        Start();
        pause = kFirstPause;
      }
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

std::unique_ptr<Link> SpinSearch::Connect(std::chrono::milliseconds timeout) {
  try {
    return SocketLink::Connect(address_.endpoint(), timeout);
  } catch (const TransportError& error) {
    if (error.reason() == TransportError::Reason::kNotListening) {
      last_ = error.what();
      return nullptr;
    }
    throw RpcException(
        Status(error.reason() == TransportError::Reason::kRefused ? Code::kPermissionDenied
                                                                  : Code::kUnavailable,
               error.what()),
        Outcome::kNotSent);
  }
}

bool SpinSearch::TakeLock() {
  try {
    sys::CheckDirectories(address_.endpoint(), true);
    std::unique_ptr<PathLock> taken =
        PathLock::Take(SocketNames::SpinPath(address_.endpoint().path()), address_.ToString());
    std::lock_guard<std::mutex> lock(mutex_);
    lock_ = std::move(taken);
    return true;
  } catch (const TransportError& error) {
    if (error.reason() == TransportError::Reason::kInUse) return false;
    throw RpcException(
        Status(error.reason() == TransportError::Reason::kRefused ? Code::kPermissionDenied
                                                                  : Code::kUnavailable,
               error.what()),
        Outcome::kNotSent);
  }
}

void SpinSearch::Start() {
  auto started = std::make_shared<Started>();
  if (spin_up_.start()) {
    try {
      spin_up_.start()();
    } catch (const std::exception& failure) {
      started->thrown = failure.what();
      started->status = 1;
      started->ended = true;
    }
    started_ = std::move(started);
    return;
  }
  std::vector<std::string> words = spin_up_.command();
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<char*> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "PARLEY_PARENT=", 14) != 0) variables.push_back(*entry);
  }
  variables.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  for (int number = 0; number < 3; ++number) {
    ::posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0);
  }
#ifdef POSIX_SPAWN_SETSID
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
#endif
  const int error_number = words.empty()
                               ? ENOENT
                               : ::posix_spawnp(&started->pid, arguments[0], &actions, &attributes,
                                                arguments.data(), variables.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error_number != 0) {
    Fail("the command " + (words.empty() ? std::string() : words[0]) +
         " cannot be started: " + std::strerror(error_number));
  }
  std::thread([started] {
    int status = 0;
    while (::waitpid(started->pid, &status, 0) < 0 && errno == EINTR) {
    }
    started->status = status;
    started->ended_at = std::chrono::steady_clock::now();
    started->ended = true;
  }).detach();
  started_ = std::move(started);
}

std::string SpinSearch::Fault() const {
  if (!started_->ended) return {};
  if (started_->status == 0) {
    // It has started the server, which is on its way; or it found one that was about to end.
    const bool late = spin_up_.start() == nullptr &&
                      std::chrono::steady_clock::now() - started_->ended_at > kGrace;
    return late ? "the command " + spin_up_.command().front() + " ended, and no server answers"
                : std::string();
  }
  if (spin_up_.start()) return started_->thrown;
  const int status = started_->status;
  return "the command " + spin_up_.command().front() +
         (WIFSIGNALED(status) ? " was ended by signal " + std::to_string(WTERMSIG(status))
                              : " ended with code " + std::to_string(WEXITSTATUS(status)));
}

void SpinSearch::Fail(const std::string& why) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    lock_.reset();
    deadline_.reset();
  }
  throw RpcException(Status(Code::kUnavailable,
                            "N-11: the server " + address_.ToString() + " is not there: " + why),
                     Outcome::kNotSent);
}

void SpinSearch::Done() {
  std::lock_guard<std::mutex> lock(mutex_);
  lock_.reset();
  deadline_.reset();
}

bool SpinSearch::GoesOn(const Status& why) {
  std::lock_guard<std::mutex> lock(mutex_);
  lock_.reset();
  // It has ended in this moment, or let this one go since so many come at once.
  const bool may_pass =
      why.code() == Code::kUnavailable || why.message().compare(0, 4, "H-5:") == 0;
  const bool goes_on =
      may_pass && deadline_.has_value() && std::chrono::steady_clock::now() < *deadline_;
  if (!goes_on) deadline_.reset();
  return goes_on;
}

}  // namespace parley
