#include "parley/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "client_way.h"
#include "parley/transport/descriptor.h"
#include "parley/transport/link.h"
#include "parley/transport/transport_error.h"

extern char** environ;

namespace parley {
namespace {

constexpr const char* kVariable = "PARLEY_PARENT=";
// How long is looked again where the kernel cannot tell of a process' end.
constexpr std::chrono::milliseconds kLookAgain{2};

TransportError Failure(const std::string& what, int error_number) {
  return TransportError(TransportError::Reason::kSystem,
                        "N-10: " + what + ": " + std::strerror(error_number), error_number);
}

/// This process' environment, with the variable set for a child.
std::vector<std::string> Environment() {
  std::vector<std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, kVariable, std::strlen(kVariable)) != 0) {
      all.emplace_back(*entry);
    }
  }
  all.push_back(std::string(kVariable) + "0");
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts a process with that descriptor as its standard input.
pid_t Start(std::vector<std::string> command, int input) {
  std::vector<std::string> environment = Environment();
  std::vector<char*> arguments = Pointers(command);
  std::vector<char*> variables = Pointers(environment);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, 0);
  pid_t pid = 0;
  const int error_number =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), variables.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error_number != 0) {
    throw Failure("the child " + command[0] + " cannot be started", error_number);
  }
  return pid;
}

}  // namespace

/// The process, and the connection to it. Safe for use by many threads.
class ChildProcess::State {
 public:
  State(pid_t pid, std::chrono::nanoseconds exit_timeout)
      : pid_(pid), exit_timeout_(exit_timeout) {}

  ~State() { Close(); }

  pid_t pid() const { return pid_; }
  Client& peer() const { return *peer_; }
  void SetPeer(std::unique_ptr<Client> peer) { peer_ = std::move(peer); }

  bool IsAlive() {
    std::lock_guard<std::mutex> lock(mutex_);
    return !Reap();
  }

  int Wait() {
    WaitFor(std::nullopt);
    std::lock_guard<std::mutex> lock(mutex_);
    return *status_;
  }

  void Kill() {
    Signal(SIGKILL);
    WaitFor(std::nullopt);
    if (peer_ != nullptr) {
      peer_->CloseNow();
    }
  }

  void Close() {
    if (peer_ != nullptr) {
      peer_->Close();
    }
    if (!WaitFor(exit_timeout_)) {
      Signal(SIGKILL);
      WaitFor(std::nullopt);
    }
  }

 private:
  /// Locked. Whether it has ended; its number is nobody's from then on.
  bool Reap() {
    if (!status_.has_value()) {
      int status = 0;
      const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended == pid_ || (ended < 0 && errno == ECHILD)) {
        status_ = status;
      }
    }
    return status_.has_value();
  }

  void Signal(int number) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!Reap()) {
      ::kill(pid_, number);
    }
  }

  /// Whether it has ended by then.
  bool WaitFor(std::optional<std::chrono::nanoseconds> timeout) {
    const auto began = std::chrono::steady_clock::now();
#ifdef SYS_pidfd_open
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
#else
    const Descriptor process;
#endif
    for (;;) {
      {
        std::lock_guard<std::mutex> lock(mutex_);
        if (Reap()) {
          return true;
        }
      }
      std::optional<std::chrono::nanoseconds> left;
      if (timeout.has_value()) {
        left = *timeout - (std::chrono::steady_clock::now() - began);
        if (left->count() <= 0) {
          return false;
        }
      }
      if (process.valid()) {
        pollfd watched{process.number(), POLLIN, 0};
        const auto millis =
            std::chrono::ceil<std::chrono::milliseconds>(left.value_or(std::chrono::seconds(60)));
        ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(millis.count(), 60'000)));
      } else {
        std::this_thread::sleep_for(kLookAgain);
      }
    }
  }

  const pid_t pid_;
  const std::chrono::nanoseconds exit_timeout_;
  std::unique_ptr<Client> peer_;
  std::mutex mutex_;
  std::optional<int> status_;
};

std::unique_ptr<ChildProcess> ChildProcess::Spawn(std::vector<std::string> command) {
  return Builder(std::move(command)).Spawn();
}

ChildProcess::ChildProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChildProcess::~ChildProcess() = default;

Client& ChildProcess::peer() const { return state_->peer(); }
pid_t ChildProcess::pid() const { return state_->pid(); }
bool ChildProcess::IsAlive() { return state_->IsAlive(); }
int ChildProcess::Wait() { return state_->Wait(); }
void ChildProcess::Kill() { state_->Kill(); }
void ChildProcess::Close() { state_->Close(); }

ChildProcess::Builder::Builder(std::vector<std::string> command)
    : command_(std::move(command)), connection_(Client::Builder::OverLink()) {
  connection_.Name("parent-" + std::to_string(::getpid()));
  connection_.ConnectTimeout(std::chrono::seconds(30));
}

std::unique_ptr<ChildProcess> ChildProcess::Builder::Spawn() {
  if (command_.empty()) {
    throw TransportError(TransportError::Reason::kBadAddress, "N-10: a command without a program");
  }
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Failure("no pair of sockets", errno);
  }
  Descriptor near(ends[0]);
  Descriptor far(ends[1]);
  if (far.number() == 0) {
    // Else it would keep its close-on-exec.
    far = Descriptor(::fcntl(far.number(), F_DUPFD_CLOEXEC, 3));
  }
  auto state = std::make_unique<State>(Start(command_, far.number()), exit_timeout_);
  far.Close();
  std::unique_ptr<ChildProcess> child(new ChildProcess(std::move(state)));
  try {
    child->state_->SetPeer(connection_.ConnectAhead(std::make_unique<ClientWay>(
        Side::kConnecting, std::make_unique<SocketLink>(std::move(near)),
        "child " + command_.front())));
  } catch (...) {
    child->Kill();
    throw;
  }
  return child;
}

}  // namespace parley
