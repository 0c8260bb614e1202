#include "connection/shared_loop.h"

#include <mutex>

namespace parley {

std::shared_ptr<SharedLoop> SharedLoop::Get() {
  static std::mutex* const mutex = new std::mutex();
  static std::weak_ptr<SharedLoop>* const shared = new std::weak_ptr<SharedLoop>();
  std::lock_guard<std::mutex> lock(*mutex);
  std::shared_ptr<SharedLoop> loop = shared->lock();
  if (loop == nullptr) {
    loop.reset(new SharedLoop());
    *shared = loop;
  }
  return loop;
}

}  // namespace parley
