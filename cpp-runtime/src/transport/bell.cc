#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "parley/transport/poller.h"
#include "transport/system.h"
#include "transport/wait_time.h"

#ifdef __linux__
#include <sys/eventfd.h>
#endif

namespace parley {

Bell::Bell() {
#ifdef __linux__
  read_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!read_.valid()) throw sys::Failure("eventfd", errno);
#else
  int ends[2];
  if (::pipe(ends) != 0) throw sys::Failure("pipe", errno);
  read_ = Descriptor(ends[0]);
  write_ = Descriptor(ends[1]);
  sys::Prepare(ends[0]);
  sys::Prepare(ends[1]);
#endif
}

void Bell::Ring() noexcept {
  // Full means that it rings already. An eventfd takes eight bytes, a pipe any.
  const std::uint64_t one = 1;
  const int descriptor = write_.valid() ? write_.number() : read_.number();
  while (::write(descriptor, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

void Bell::Silence() noexcept {
  char bytes[64];
  while (true) {
    const ssize_t count = ::read(read_.number(), bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < static_cast<ssize_t>(sizeof bytes)) return;
  }
}

bool WaitFor(int descriptor, Interest interest, const Bell* bell,
             std::chrono::nanoseconds timeout) {
  pollfd places[2] = {};
  places[0].fd = descriptor;
  if (static_cast<unsigned>(interest) & static_cast<unsigned>(Interest::kRead)) {
    places[0].events |= POLLIN;
  }
  if (static_cast<unsigned>(interest) & static_cast<unsigned>(Interest::kWrite)) {
    places[0].events |= POLLOUT;
  }
  places[1].fd = bell == nullptr ? -1 : bell->descriptor();
  places[1].events = POLLIN;
  const WaitTime time(timeout);
  while (true) {
    const int count = ::poll(places, 2, time.Left());
    if (count >= 0) return places[0].revents != 0;
    if (errno != EINTR) throw sys::Failure("poll", errno);
  }
}

}  // namespace parley
