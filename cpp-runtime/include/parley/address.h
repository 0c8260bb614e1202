#ifndef PARLEY_ADDRESS_H_
#define PARLEY_ADDRESS_H_

#include <string>
#include <string_view>
#include <utility>

#include "parley/export.h"
#include "parley/transport/endpoint.h"

namespace parley {

/// Where a server can be found. A value; making one touches no file.
class PARLEY_EXPORT Address {
 public:
  /// The socket of that name: `<root>/app/<name>.sock`, the same path in every language (N-1).
  /// @throws TransportError when the name breaks N-2 or the path would be over 100 bytes
  static Address Of(std::string_view name) { return Address(Endpoint::Named(name), name); }

  /// The socket of that name in a space of its own.
  static Address Of(std::string_view name, std::string_view space) {
    return Address(Endpoint::Named(name, space), name);
  }

  /// An explicit path of at most 100 bytes, in a directory that is this user's alone (0700). A
  /// relative one is taken from the working directory, as that is now.
  static Address Path(std::string_view path) { return Address(Endpoint::Path(path)); }

  /// A name in the abstract namespace of Linux, which no file rights guard: only for who asks.
  static Address Abstract(std::string_view name) { return Address(Endpoint::Abstract(name)); }

  /// A listening socket that whoever started this process has given it, for a server: it takes no
  /// lock and removes nothing, and other processes may accept on the same socket (N-8, N-12).
  static Address Inherited(int descriptor) { return Address(Endpoint::Inherited(descriptor)); }

  /// The one listening socket that systemd has handed to this process (LISTEN_FDS), or that is its
  /// standard input, for a server.
  /// @param name its name (LISTEN_FDNAMES); empty: the only one
  /// @throws TransportError when there is none, or it is not clear which
  static Address Activated(std::string_view name = {}) {
    return Address(Endpoint::Activated(name));
  }

  /// The name; empty for a path and an abstract name.
  const std::string& name() const { return name_; }

  const Endpoint& endpoint() const { return endpoint_; }

  /// For people: `app/greeter`, `/path/to.sock` or `@name`.
  const std::string& ToString() const { return endpoint_.label(); }

 private:
  explicit Address(Endpoint endpoint, std::string_view name = {})
      : endpoint_(std::move(endpoint)), name_(name) {}

  Endpoint endpoint_;
  std::string name_;
};

}  // namespace parley

#endif  // PARLEY_ADDRESS_H_
