#ifndef PARLEY_CONNECTION_SPARE_BYTES_H_
#define PARLEY_CONNECTION_SPARE_BYTES_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

namespace parley {

/// The bytes of a long message that are used again for the next one: an allocator gives as many
/// back to the system, which hands them out page by page. Safe for use by many threads.
class SpareBytes {
 public:
  /// Bytes with anything in them, perhaps none.
  std::string Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(spare_, std::string());
  }

  /// Takes bytes back that nobody looks at any more.
  void Give(std::string bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (bytes.capacity() <= kMost && bytes.capacity() > spare_.capacity()) {
      spare_.swap(bytes);
    }
  }

  /// Lets go of them.
  void Forget() { Take(); }

 private:
  static constexpr std::size_t kMost = 4u << 20;

  std::mutex mutex_;
  std::string spare_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_SPARE_BYTES_H_
