#include "parley/parent.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "client_way.h"
#include "parley/transport/descriptor.h"
#include "parley/transport/link.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_log.h"

namespace parley {
namespace {

constexpr const char* kVariable = "PARLEY_PARENT";

std::atomic<bool> taken{false};

/// The descriptor's number; negative if the text is none.
int Number(const char* text) {
  if (text == nullptr || *text == '\0') return -1;
  char* end = nullptr;
  const long number = std::strtol(text, &end, 10);
  return *end != '\0' || number < 0 || number > 1'000'000 ? -1 : static_cast<int>(number);
}

[[noreturn]] void NoChild(const std::string& why) { throw std::logic_error("N-10: " + why); }

/// Takes the connection away from where it was, so that nobody inherits it.
Descriptor Take() {
  const char* const value = std::getenv(kVariable);
  if (taken) {
    NoChild("this process has connected to its parent before");
  }
  if (value == nullptr || *value == '\0') {
    NoChild("PARLEY_PARENT is not set: this process was not started as a child");
  }
  const int number = Number(value);
  if (number < 0) {
    NoChild("PARLEY_PARENT must be the number of a descriptor, not \"" + Printable(value) + "\"");
  }
  sockaddr_un peer;
  socklen_t size = sizeof peer;
  if (::getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
      peer.sun_family != AF_UNIX) {
    NoChild("descriptor " + std::to_string(number) +
            ", which should lead to the parent, is no connected Unix socket");
  }
  if (taken.exchange(true)) {
    NoChild("this process has connected to its parent before");
  }
  ::unsetenv(kVariable);
  if (number > 2) {
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    return Descriptor(number);
  }
  Descriptor moved(::fcntl(number, F_DUPFD_CLOEXEC, 3));
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (nothing.valid()) ::dup2(nothing.number(), number);
  return moved;
}

/// Ends the process with its connection.
class Exit final : public LifecycleListener {
 public:
  void Disconnected(Peer&, const Status&, bool) override { std::quick_exit(0); }
};

}  // namespace

bool Parent::IsThere() { return !taken && Number(std::getenv(kVariable)) >= 0; }

std::unique_ptr<Client> Parent::Connect() { return Builder().Connect(); }

Parent::Builder::Builder() : connection_(Client::Builder::OverLink()) {
  connection_.Name("child-" + std::to_string(::getpid()));
  connection_.ConnectTimeout(limits::kHelloTime);
}

Parent::Builder& Parent::Builder::ExitWithParent() {
  connection_.Listener(std::make_shared<Exit>());
  return *this;
}

std::unique_ptr<Client> Parent::Builder::Connect() {
  auto link = std::make_unique<SocketLink>(Take());
  const uid_t uid = link->credentials().uid;
  if (uid != ::geteuid() && uid != 0) {
    throw RpcException(
        Status(Code::kPermissionDenied, "H-4: the parent is run by uid " + std::to_string(uid)),
        Outcome::kNotSent);
  }
  return connection_.ConnectOver(
      std::make_unique<ClientWay>(Side::kAccepting, std::move(link), "parent"));
}

}  // namespace parley
