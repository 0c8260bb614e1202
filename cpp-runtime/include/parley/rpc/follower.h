#ifndef PARLEY_RPC_FOLLOWER_H_
#define PARLEY_RPC_FOLLOWER_H_

#include <functional>
#include <memory>

#include "parley/export.h"
#include "parley/rpc/status.h"

namespace parley {

class Caller;

/// Who follows a Caller from one connection to the next; see Caller::Follow. Told by any thread,
/// under no lock.
class PARLEY_EXPORT Follower {
 public:
  /// A connection.
  struct Connection {
    /// Makes calls on it.
    std::shared_ptr<Caller> caller;
    /// Whether it takes no calls any more.
    std::function<bool()> is_over;
    /// Has the function told, once, whether the peer has read all that was sent before.
    std::function<void(std::function<void(bool)>)> settle;
  };

  virtual ~Follower();

  /// There is a connection.
  virtual void Connected(const Connection& to) = 0;

  /// There will be none any more.
  virtual void Over(const Status& why) = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_FOLLOWER_H_
