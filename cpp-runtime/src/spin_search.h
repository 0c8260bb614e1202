#ifndef PARLEY_SPIN_SEARCH_H_
#define PARLEY_SPIN_SEARCH_H_

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "parley/address.h"
#include "parley/rpc/status.h"
#include "parley/spin_up.h"
#include "parley/transport/link.h"
#include "transport/path_lock.h"

namespace parley {

/// Looks for a server, and has it started if none answers, until one has answered a HELLO (N-11).
/// One thread searches at a time.
class SpinSearch {
 public:
  SpinSearch(SpinUp spin_up, Address address);
  ~SpinSearch();

  /// Connects, perhaps to a server that is started for it.
  /// @param stopped whether nobody wants it any more
  /// @throws RpcException NOT_SENT: UNAVAILABLE if it cannot be started, or is not ready in time
  std::unique_ptr<Link> Find(const std::function<bool()>& stopped,
                             std::chrono::milliseconds connect_timeout);

  /// The handshake is done: the search is over. Any thread.
  void Done();

  /// The handshake has failed; whether another server is to be looked for. Any thread.
  bool GoesOn(const Status& why);

 private:
  struct Started;

  std::unique_ptr<Link> Connect(std::chrono::milliseconds timeout);
  /// Whether this process is the one that starts it.
  bool TakeLock();
  void Start();
  /// What has become of what was started; empty if a server may still come of it.
  std::string Fault() const;
  [[noreturn]] void Fail(const std::string& why);

  const SpinUp spin_up_;
  const Address address_;

  // By the thread that searches.
  std::shared_ptr<Started> started_;
  int starts_ = 0;
  std::string last_;

  std::mutex mutex_;
  std::unique_ptr<PathLock> lock_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace parley

#endif  // PARLEY_SPIN_SEARCH_H_
