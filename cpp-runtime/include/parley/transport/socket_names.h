#ifndef PARLEY_TRANSPORT_SOCKET_NAMES_H_
#define PARLEY_TRANSPORT_SOCKET_NAMES_H_

#include <string>
#include <string_view>

#include "parley/export.h"

namespace parley {

/// From names to paths, N-1 to N-3, the same in every language: `<root>/<space>/<name>.sock`.
/// Stateless and thread-safe, as far as the environment is left alone.
class PARLEY_EXPORT SocketNames {
 public:
  /// The root of this user: `PARLEY_ROOT`; `parley` in `XDG_RUNTIME_DIR` or else `/run/user/<euid>`
  /// if the effective user owns it; else `/tmp/parley-<euid>`. Neither made nor checked here.
  /// @throws TransportError N-1 when `PARLEY_ROOT` is not absolute
  static std::string Root();

  /// Applies N-2 to a name or a space.
  /// @throws TransportError kBadAddress
  static void Check(std::string_view what, std::string_view name);

  /// The path of the lock that belongs to the path of a socket (N-3).
  static std::string LockPath(const std::string& socket_path);

  /// The path of the lock of who starts the server of that path (N-11).
  static std::string SpinPath(const std::string& socket_path);
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_SOCKET_NAMES_H_
