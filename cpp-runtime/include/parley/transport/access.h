#ifndef PARLEY_TRANSPORT_ACCESS_H_
#define PARLEY_TRANSPORT_ACCESS_H_

#include <sys/types.h>

#include <string>
#include <utility>

namespace parley {

/// Who may reach a server's socket, beside its own user and root (N-9). A value.
///
/// It says who can connect, no more: whom a server takes is said by its admission.
class Access {
 public:
  /// Nobody else.
  static Access Owner() { return Access(0600, {}); }
  /// Everybody on this machine.
  static Access All() { return Access(0666, {}); }
  /// The members of that group of the system, to which this process' user must belong.
  static Access Group(std::string name) { return Access(0660, std::move(name)); }

  /// Whether other users are meant.
  bool is_wide() const { return mode_ != 0600; }
  /// The mode of the socket.
  mode_t mode() const { return mode_; }
  /// The group of the socket; empty: whichever it gets.
  const std::string& group() const { return group_; }
  /// For people.
  std::string ToString() const {
    return !is_wide() ? "owner" : group_.empty() ? "all" : "group " + group_;
  }

 private:
  Access(mode_t mode, std::string group) : mode_(mode), group_(std::move(group)) {}

  mode_t mode_;
  std::string group_;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_ACCESS_H_
