#ifndef PARLEY_CHILD_PROCESS_H_
#define PARLEY_CHILD_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/client.h"
#include "parley/export.h"

namespace parley {

/// A process that this one has started, and the connection to it, which no third process can take
/// (N-10). In the child it is parley::Parent.
///
/// Both sides may call and serve. Calls may be made from the first moment: they wait until the
/// child has connected, and end NOT_SENT if it never does; events and what streams wait on the
/// calling thread. If the child dies, calls in flight end at once with their outcome.
///
/// The connection is the child's standard input. Standard output and error are this process' own.
///
///     auto worker = parley::ChildProcess::Spawn({"./worker"});
///     Result result = Work::Client(worker->peer()).Crunch(job);
///
/// Safe for use by many threads; to be destroyed by one, which closes it as Close does. The process
/// belongs to this object until it has ended: nobody else may wait for it.
class PARLEY_EXPORT ChildProcess {
 public:
  class Builder;

  /// Starts a child with the defaults; see Builder::Spawn.
  /// @param command the program, looked for in PATH, and its arguments
  static std::unique_ptr<ChildProcess> Spawn(std::vector<std::string> command);

  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The child as a peer. It ends when the child has ended its side, for whatever reason.
  Client& peer() const;

  pid_t pid() const;

  /// Whether the process has not ended yet.
  bool IsAlive();

  /// Waits until the process has ended, and gives its status as waitpid has it.
  int Wait();

  /// Kills the child, as `kill -9`, and waits until it has ended. Idempotent.
  void Kill();

  /// Closes the connection gracefully, as Client::Close, and waits until the child has ended; kills
  /// it if it takes longer than it may. Idempotent.
  void Close();

 private:
  class State;

  explicit ChildProcess(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

/// Gathers what a child and the connection to it are made of. For one thread.
class PARLEY_EXPORT ChildProcess::Builder {
 public:
  explicit Builder(std::vector<std::string> command);

  /// How the connection is made otherwise: what is served to the child, listeners, interceptors,
  /// the executor, limits. What says how to connect does not count.
  Client::Builder& connection() { return connection_; }

  /// Serves a service to the child.
  Builder& Service(ServiceDefinition service) {
    connection_.Service(std::move(service));
    return *this;
  }

  /// How long the child may take until it has connected: 30 s unless set.
  Builder& ConnectTimeout(std::chrono::nanoseconds timeout) {
    connection_.ConnectTimeout(timeout);
    return *this;
  }

  /// How long ChildProcess::Close lets the child take to end: 5 s unless set.
  Builder& ExitTimeout(std::chrono::nanoseconds timeout) {
    exit_timeout_ = timeout;
    return *this;
  }

  /// Starts the child. Returns at once; whether the child connects is told to the listeners and to
  /// the calls.
  /// @throws TransportError if the command cannot be run, or no pair can be made
  std::unique_ptr<ChildProcess> Spawn();

 private:
  std::vector<std::string> command_;
  Client::Builder connection_;
  std::chrono::nanoseconds exit_timeout_ = std::chrono::seconds(5);
};

}  // namespace parley

#endif  // PARLEY_CHILD_PROCESS_H_
