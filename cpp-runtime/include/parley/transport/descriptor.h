#ifndef PARLEY_TRANSPORT_DESCRIPTOR_H_
#define PARLEY_TRANSPORT_DESCRIPTOR_H_

#include <utility>

#include "parley/export.h"

namespace parley {

/// The owner of one file descriptor: closes it exactly once.
class PARLEY_EXPORT Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      Close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  ~Descriptor() { Close(); }

  int number() const { return number_; }
  bool valid() const { return number_ >= 0; }

  /// Gives it away: the caller closes it.
  int Release() { return std::exchange(number_, -1); }

  /// Closes it; more calls do nothing.
  void Close() noexcept;

 private:
  int number_ = -1;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_DESCRIPTOR_H_
