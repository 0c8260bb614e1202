#include "connection/thread_rest.h"

#ifdef __linux__
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <string_view>
#endif

namespace parley {

#ifdef __linux__

ThreadRest ThreadRest::OfThisThread() { return ThreadRest(::syscall(SYS_gettid)); }

std::optional<bool> ThreadRest::Sleeps() const {
  const std::string path = "/proc/self/task/" + std::to_string(number_) + "/stat";
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return std::nullopt;
  }
  char line[256];
  const ssize_t size = ::read(descriptor, line, sizeof(line));
  ::close(descriptor);
  // "1234 (name) S ...", where the name may hold anything; see proc(5).
  const std::string_view text(line, size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string_view::npos || name_end + 2 >= text.size()) {
    return std::nullopt;
  }
  const char state = text[name_end + 2];
  return state == 'S' || state == 'D';
}

#else

ThreadRest ThreadRest::OfThisThread() { return ThreadRest(0); }

std::optional<bool> ThreadRest::Sleeps() const { return std::nullopt; }

#endif

}  // namespace parley
