#ifndef PARLEY_RPC_BACKOFFS_H_
#define PARLEY_RPC_BACKOFFS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "connection/timers.h"
#include "parley/rpc/client_call.h"

namespace parley {

/// The calls of one connection that wait for their next attempt. Safe for use by many threads; its
/// lock stands before that of the timers, and no call is told anything under it.
class Backoffs : public std::enable_shared_from_this<Backoffs> {
 public:
  explicit Backoffs(std::shared_ptr<Timers> timers) : timers_(std::move(timers)) {}

  /// Has the call tried again when the clock reaches `due`, or when the connection ends; false if
  /// it has ended.
  bool Await(const std::shared_ptr<ClientCall>& call, std::int64_t due);

  /// Takes that back; without effect when it was tried.
  void Drop(ClientCall& call);

  /// The connection has ended: tries all of them now, which ends them.
  void End();

 private:
  struct Waiting {
    std::shared_ptr<ClientCall> call;
    Timers::Ticket timer;
  };

  void Due(ClientCall* call);
  /// Takes a call out; null if it is out already.
  std::shared_ptr<ClientCall> Take(ClientCall* call);

  const std::shared_ptr<Timers> timers_;

  std::mutex mutex_;
  std::map<ClientCall*, Waiting> waiting_;
  bool ended_ = false;
};

}  // namespace parley

#endif  // PARLEY_RPC_BACKOFFS_H_
