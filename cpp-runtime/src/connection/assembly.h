#ifndef PARLEY_CONNECTION_ASSEMBLY_H_
#define PARLEY_CONNECTION_ASSEMBLY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "connection/fault.h"
#include "connection/held_bytes.h"

namespace parley {

/// A message that is put together from the fragments that have come (F-9). It grows with the bytes
/// that are there, never to a length that is claimed. Stands under the connection's lock.
class Assembly {
 public:
  /// @param what is put together, for messages to people
  /// @param limit the longest message that is taken
  Assembly(const char* what, std::uint64_t limit, HeldBytes& held)
      : what_(what), limit_(limit), held_(&held) {}

  /// Adds a fragment; why the message cannot be taken, or nothing (C-11).
  std::optional<StatusMessage> Add(std::string_view fragment) {
    const std::uint64_t whole = bytes_.size() + fragment.size();
    if (whole > limit_) {
      return TooLarge(what_, whole, limit_);
    }
    std::optional<StatusMessage> full = held_->Take(fragment.size());
    if (!full.has_value()) {
      bytes_.append(fragment);
    }
    return full;
  }

  /// Gives the message; nothing is held then.
  std::string Finish() {
    held_->Give(bytes_.size());
    std::string whole;
    whole.swap(bytes_);
    return whole;
  }

  /// Nothing is held any more.
  void Drop() { Finish(); }

 private:
  const char* what_;
  std::uint64_t limit_;
  HeldBytes* held_;
  std::string bytes_;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_ASSEMBLY_H_
