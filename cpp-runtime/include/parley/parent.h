#ifndef PARLEY_PARENT_H_
#define PARLEY_PARENT_H_

#include <memory>
#include <utility>

#include "parley/client.h"
#include "parley/export.h"

namespace parley {

/// The way from a process to the one that has started it with a ChildProcess (N-10).
///
///     auto parent =
///     parley::Parent::Builder().Service(Worker::Bind(work)).ExitWithParent().Connect();
///     parent->AwaitClosed();
///
/// A process has one parent, so it connects once. The connection was its standard input, which
/// reads as empty from then on; PARLEY_PARENT is unset, so that no process that this one starts
/// takes it to be its own.
class PARLEY_EXPORT Parent {
 public:
  class Builder;

  /// Whether this process was started as a child, so that Connect may be called.
  static bool IsThere();

  /// Connects with the defaults, serving nothing; see Builder::Connect.
  static std::unique_ptr<Client> Connect();
};

/// Gathers what the connection to the parent is made of. For one thread.
class PARLEY_EXPORT Parent::Builder {
 public:
  Builder();

  /// How the connection is made otherwise; see ChildProcess::Builder::connection.
  Client::Builder& connection() { return connection_; }

  /// Serves a service to the parent.
  Builder& Service(ServiceDefinition service) {
    connection_.Service(std::move(service));
    return *this;
  }

  /// Ends this process, by std::quick_exit with 0, when the connection has ended: because the
  /// parent has died or closed it, or this side has. Nothing is destroyed, as other threads run.
  Builder& ExitWithParent();

  /// Shakes hands with the parent, and serves it what was given here from then on.
  /// @throws std::logic_error if this process was not started as a child, or has connected before
  /// @throws RpcException UNAVAILABLE, NOT_SENT if the parent has gone, PERMISSION_DENIED if
  /// another
  ///     user made the pair
  std::unique_ptr<Client> Connect();

 private:
  Client::Builder connection_;
};

}  // namespace parley

#endif  // PARLEY_PARENT_H_
