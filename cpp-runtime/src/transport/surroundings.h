#ifndef PARLEY_SRC_TRANSPORT_SURROUNDINGS_H_
#define PARLEY_SRC_TRANSPORT_SURROUNDINGS_H_

#include <sys/types.h>

#include <functional>
#include <string>

namespace parley {

/// What the choice of a root depends on, so that it can be asked for others than this process.
struct Surroundings {
  uid_t euid;
  /// The value of a variable of the environment, empty when it is unset.
  std::function<std::string(const char*)> variable;
  /// Tells whether there is such a directory and `euid` owns it.
  std::function<bool(const std::string&)> owns;
};

/// The root by N-1.
/// @throws TransportError kBadAddress
std::string ChooseRoot(const Surroundings& here);

}  // namespace parley

#endif  // PARLEY_SRC_TRANSPORT_SURROUNDINGS_H_
