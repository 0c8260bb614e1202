#ifndef PARLEY_SPIN_UP_H_
#define PARLEY_SPIN_UP_H_

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace parley {

/// How a client has its server started when none answers (N-11): by a command, or by code of its
/// own. Of all clients of a server one starts it, whatever process they are in; the others wait.
/// Started means that it has answered a HELLO. A value.
class SpinUp {
 public:
  /// Runs a command, which is or starts the server. It outlives this process, in a session of its
  /// own; its standard input, output and error lead nowhere. A command that ends with another code
  /// than 0 has failed; one that goes on and is not ready in time is killed.
  /// @param command the program, looked for in PATH, and its arguments
  static SpinUp Command(std::vector<std::string> command) { return SpinUp(std::move(command), {}); }

  /// Runs code of this program's: by one thread of all processes at a time. Whatever it throws
  /// fails the connect, after it was tried some times.
  static SpinUp By(std::function<void()> start) { return SpinUp({}, std::move(start)); }

  /// How long a connect may take until the server is ready: 30 s unless set.
  SpinUp WithTimeout(std::chrono::nanoseconds timeout) const {
    SpinUp other = *this;
    other.timeout_ = timeout;
    return other;
  }

  const std::vector<std::string>& command() const { return command_; }
  const std::function<void()>& start() const { return start_; }
  std::chrono::nanoseconds timeout() const { return timeout_; }

 private:
  SpinUp(std::vector<std::string> command, std::function<void()> start)
      : command_(std::move(command)), start_(std::move(start)) {}

  std::vector<std::string> command_;
  std::function<void()> start_;
  std::chrono::nanoseconds timeout_ = std::chrono::seconds(30);
};

}  // namespace parley

#endif  // PARLEY_SPIN_UP_H_
