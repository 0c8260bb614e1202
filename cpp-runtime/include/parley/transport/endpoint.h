#ifndef PARLEY_TRANSPORT_ENDPOINT_H_
#define PARLEY_TRANSPORT_ENDPOINT_H_

#include <string>
#include <string_view>
#include <vector>

#include "parley/export.h"

namespace parley {

/// A place to listen at or connect to: the path of a Unix socket, or an abstract name (Linux).
/// A value; making one touches no file.
class PARLEY_EXPORT Endpoint {
 public:
  enum class Kind { kPath, kAbstract, kInherited };

  /// `<root>/<space>/<name>.sock` by N-1 and N-2.
  /// @throws TransportError kBadAddress
  static Endpoint Named(std::string_view name, std::string_view space = "app");

  /// The same below another root, which is an absolute path.
  static Endpoint InRoot(const std::string& root, std::string_view name, std::string_view space);

  /// An explicit path of at most 100 bytes; a relative one is taken from the working directory.
  /// @throws TransportError kBadAddress
  static Endpoint Path(std::string_view path);

  /// A name in the abstract namespace, without its leading NUL or `@`. No file rights guard it and
  /// it is shared by all users of the network namespace: only for who asks for it. Of the form of
  /// N-2.
  /// @throws TransportError kBadAddress, also where the system has none
  static Endpoint Abstract(std::string_view name);

  /// A listening socket that whoever started this process has given it (N-8), by its number.
  /// @throws TransportError kBadAddress for a number that can be none
  static Endpoint Inherited(int descriptor);

  /// The one listening socket that systemd has handed to this process (LISTEN_FDS), or that is its
  /// standard input.
  /// @param name its name (LISTEN_FDNAMES); empty: the only one
  /// @throws TransportError kNotListening if there is none, kBadAddress if it is not clear which
  static Endpoint Activated(std::string_view name);

  /// The number of an inherited socket; else -1.
  int descriptor() const { return descriptor_; }

  Kind kind() const { return kind_; }

  /// The path, or the abstract name.
  const std::string& path() const { return path_; }

  /// The path of the lock; empty for an abstract name.
  const std::string& lock_path() const { return lock_path_; }

  /// The directories that must be ours, 0700 and no links, outermost first: root and space for a
  /// name, the parent for an explicit path.
  const std::vector<std::string>& directories() const { return directories_; }

  /// Tells whether this came from a name: its directories are then made when they are missing, and
  /// a client looks at them too. Those of an explicit path must exist.
  bool is_named() const { return named_; }

  /// For people: `app/greeter`, `/path/to.sock` or `@name`.
  const std::string& label() const { return label_; }

 private:
  Endpoint() = default;

  Kind kind_ = Kind::kPath;
  std::string path_;
  std::string lock_path_;
  std::vector<std::string> directories_;
  bool named_ = false;
  int descriptor_ = -1;
  std::string label_;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_ENDPOINT_H_
