#ifndef PARLEY_TRANSPORT_TRANSPORT_ERROR_H_
#define PARLEY_TRANSPORT_TRANSPORT_ERROR_H_

#include <stdexcept>
#include <string>

#include "parley/export.h"

namespace parley {

/// A failure below the protocol: an address that cannot be used, a path that may not be claimed, a
/// call to the kernel that failed. The text begins with the rule where there is one.
class PARLEY_EXPORT TransportError : public std::runtime_error {
 public:
  /// What the caller can do about it.
  enum class Reason {
    kBadAddress,    ///< The name, space or path breaks N-1 or N-2, or is too long.
    kRefused,       ///< Something at the path is not ours or not safe; nothing was touched.
    kInUse,         ///< A server lives at the path.
    kNotListening,  ///< No server there, or not yet (N-8): may be tried again.
    kRemoved,       ///< The socket of a server that runs was removed or replaced.
    kExhausted,     ///< Out of descriptors or memory: may be tried again.
    kSystem,        ///< Any other failure of a system call.
  };

  TransportError(Reason reason, const std::string& text, int error_number = 0);
  ~TransportError() override;

  Reason reason() const noexcept { return reason_; }

  /// The errno of the failed call, or 0.
  int error_number() const noexcept { return error_number_; }

 private:
  Reason reason_;
  int error_number_;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_TRANSPORT_ERROR_H_
