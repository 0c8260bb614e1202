#ifndef PARLEY_TESTS_SUPPORT_OPEN_DESCRIPTORS_H_
#define PARLEY_TESTS_SUPPORT_OPEN_DESCRIPTORS_H_

#include <fcntl.h>
#include <unistd.h>

#include <set>

namespace parley {

/// The descriptors that this process has open.
inline std::set<int> OpenDescriptors() {
  std::set<int> open;
  const long most = ::sysconf(_SC_OPEN_MAX);
  for (int i = 0; i < most && i < 4'096; ++i) {
    if (::fcntl(i, F_GETFD) >= 0) open.insert(i);
  }
  return open;
}

}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_OPEN_DESCRIPTORS_H_
