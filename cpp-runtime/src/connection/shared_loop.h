#ifndef PARLEY_CONNECTION_SHARED_LOOP_H_
#define PARLEY_CONNECTION_SHARED_LOOP_H_

#include <memory>

#include "connection/loop.h"

namespace parley {

/// The one loop that all clients of the process share. Its thread lives as long as anybody holds
/// it.
class SharedLoop {
 public:
  /// The loop, started if nobody holds it.
  static std::shared_ptr<SharedLoop> Get();

  SharedLoop(const SharedLoop&) = delete;
  SharedLoop& operator=(const SharedLoop&) = delete;
  ~SharedLoop() { loop_->Stop(); }

  const std::shared_ptr<Loop>& loop() const { return loop_; }

 private:
  SharedLoop() : loop_(Loop::Start()) {}

  const std::shared_ptr<Loop> loop_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_SHARED_LOOP_H_
