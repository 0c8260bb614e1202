#ifndef PARLEY_TURNS_H_
#define PARLEY_TURNS_H_

#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "connection/loop.h"
#include "connection/workers.h"
#include "parley/rpc/client_call.h"

namespace parley {

/// Has one call after the other: the next one is started when the one before it has ended. Safe for
/// use by many threads.
class Turns final : public std::enable_shared_from_this<Turns> {
 public:
  using Starter = std::function<void(std::shared_ptr<ClientCall> call)>;

  /// @param start starts the call whose turn it is
  /// @param chores where calls are started that have waited
  Turns(Starter start, std::shared_ptr<Workers> chores, std::shared_ptr<Loop> loop)
      : start_(std::move(start)), chores_(std::move(chores)), loop_(std::move(loop)) {}

  /// Starts a call of a method that does not stream, now or when its turn has come.
  void Start(const std::shared_ptr<ClientCall>& call);

 private:
  /// Takes a call out of those that wait; null if it is out.
  std::shared_ptr<ClientCall> Take(ClientCall* call);
  std::shared_ptr<ClientCall> TakeLocked(ClientCall* call);
  /// A call has ended, in its turn or while it waited.
  void Ended(ClientCall* call);

  const Starter start_;
  const std::shared_ptr<Workers> chores_;
  const std::shared_ptr<Loop> loop_;

  std::mutex mutex_;
  std::list<std::shared_ptr<ClientCall>> waiting_;
  /// The one whose turn it is, or null.
  ClientCall* current_ = nullptr;
};

}  // namespace parley

#endif  // PARLEY_TURNS_H_
