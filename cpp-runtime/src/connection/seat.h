#ifndef PARLEY_CONNECTION_SEAT_H_
#define PARLEY_CONNECTION_SEAT_H_

#include <functional>
#include <memory>

#include "parley/connection/job.h"

namespace parley {

class Connection;

/// A connection's place in the loop that holds it. Safe for use by many threads.
class Seat {
 public:
  virtual ~Seat() = default;

  /// Says whether the loop shall wait until there is something to read. Without effect once the
  /// seat is vacant.
  virtual void AwaitReadable(bool wanted) = 0;

  /// The same for room to write.
  virtual void AwaitWritable(bool wanted) = 0;

  /// Has the loop look at the connection every now and then (Connection::Tick), as long as that
  /// says so: others read it and the loop does not wait for it.
  virtual void Tick() = 0;

  /// Runs `task` soon in the loop.
  virtual void Run(std::function<void()> task) = 0;

  /// Runs a job behind what is being read; false, and nothing is done, unless the loop is what
  /// reads here.
  virtual bool Post(const std::shared_ptr<Job>&) { return false; }

  /// Has the loop look at the connection again when it has done its jobs: frames wait that are
  /// read. In the loop.
  virtual void ComeAgain(Connection&) {}

  /// Has the loop flush the connection, which sits here, when it has done all its jobs, or when the
  /// present one is relieved; false unless the caller is a job of the loop, or the loop itself.
  virtual bool FlushLater(Connection&) { return false; }

  /// Whether the calling thread leads the loop, in a job: so the loop waits for nothing now.
  virtual bool IsInJobHere() const { return false; }

  /// Leaves the loop: the descriptor is waited for no more and may be closed. In the loop.
  virtual void Vacate() = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_SEAT_H_
