#ifndef PARLEY_CONNECTION_SEAT_H_
#define PARLEY_CONNECTION_SEAT_H_

#include <functional>

#include "parley/transport/poller.h"

namespace parley {

/// A connection's place in the loop that holds it. Safe for use by many threads.
class Seat {
 public:
  virtual ~Seat() = default;

  /// Says what the connection waits for. Without effect once the seat is vacant.
  virtual void Await(Interest interest) = 0;

  /// Runs `task` soon on the thread that reads.
  virtual void Run(std::function<void()> task) = 0;

  /// Leaves the loop: the descriptor is waited for no more and may be closed. By the thread that
  /// reads.
  virtual void Vacate() = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_SEAT_H_
