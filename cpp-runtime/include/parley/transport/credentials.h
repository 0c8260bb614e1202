#ifndef PARLEY_TRANSPORT_CREDENTIALS_H_
#define PARLEY_TRANSPORT_CREDENTIALS_H_

#include <sys/types.h>

namespace parley {

/// Who is at the other end of a socket, as the kernel recorded it at connect or listen.
///
/// Authority rests on `uid`. `pid` is for logs only: a process number may be used again.
struct Credentials {
  /// -1 where the system does not tell.
  pid_t pid = -1;
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_CREDENTIALS_H_
