#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "parley/transport/poller.h"
#include "transport/system.h"
#include "transport/wait_time.h"

namespace parley {

namespace {

// How many events one call takes from the kernel.
constexpr std::size_t kBatch = 64;

// No reading or writing: then not in the set at all, since epoll would report the end of the
// stream again and again.
std::uint32_t EventsOf(Interest interest) {
  std::uint32_t events = 0;
  if (static_cast<unsigned>(interest) & static_cast<unsigned>(Interest::kRead)) events |= EPOLLIN;
  if (static_cast<unsigned>(interest) & static_cast<unsigned>(Interest::kWrite)) {
    events |= EPOLLOUT;
  }
  return events;
}

// Whether milliseconds are too coarse for a wait.
bool IsFine(std::chrono::nanoseconds timeout) {
  return timeout.count() > 0 && timeout < std::chrono::milliseconds(10);
}

// A wait that ends to the microsecond, where the system has one.
int FineWait(int set, epoll_event* events, int most, std::chrono::nanoseconds timeout) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 35)
  const timespec time = {static_cast<time_t>(timeout.count() / 1'000'000'000),
                         static_cast<long>(timeout.count() % 1'000'000'000)};
  const int count = ::epoll_pwait2(set, events, most, &time, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
#endif
  return ::epoll_wait(
      set, events, most,
      static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(timeout).count()));
}

}  // namespace

struct Poller::State {
  Descriptor set;
  Bell bell;

  int Control(int operation, int descriptor, std::uint64_t token, std::uint32_t events) {
    epoll_event event = {};
    event.events = events;
    event.data.u64 = token;
    return ::epoll_ctl(set.number(), operation, descriptor, &event) == 0 ? 0 : errno;
  }
};

Poller::Poller() : state_(new State()) {
  state_->set = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!state_->set.valid()) throw sys::Failure("epoll_create1", errno);
  const int error = state_->Control(EPOLL_CTL_ADD, state_->bell.descriptor(), kBellToken, EPOLLIN);
  if (error != 0) throw sys::Failure("epoll_ctl", error);
}

Poller::~Poller() = default;

void Poller::Add(int descriptor, std::uint64_t token, Interest interest) {
  Change(descriptor, token, interest);
}

void Poller::Change(int descriptor, std::uint64_t token, Interest interest) {
  if (interest == Interest::kNone) {
    Remove(descriptor);
    return;
  }
  const std::uint32_t events = EventsOf(interest);
  int error = state_->Control(EPOLL_CTL_MOD, descriptor, token, events);
  if (error == ENOENT) error = state_->Control(EPOLL_CTL_ADD, descriptor, token, events);
  if (error != 0) throw sys::Failure("epoll_ctl", error);
}

void Poller::Remove(int descriptor) noexcept { state_->Control(EPOLL_CTL_DEL, descriptor, 0, 0); }

std::size_t Poller::Wait(Ready* ready, std::size_t room, std::chrono::nanoseconds timeout) {
  epoll_event events[kBatch];
  const WaitTime time(timeout);
  const int most = static_cast<int>(std::min(room, kBatch));
  int count;
  do {
    count = IsFine(timeout) ? FineWait(state_->set.number(), events, most, time.LeftFine())
                            : ::epoll_wait(state_->set.number(), events, most, time.Left());
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw sys::Failure("epoll_wait", errno);
  std::size_t found = 0;
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u64 == kBellToken) {
      state_->bell.Silence();
      continue;
    }
    const bool over = (events[i].events & (EPOLLHUP | EPOLLERR)) != 0;
    ready[found++] = {events[i].data.u64, over || (events[i].events & EPOLLIN) != 0,
                      over || (events[i].events & EPOLLOUT) != 0};
  }
  return found;
}

void Poller::Wakeup() noexcept { state_->bell.Ring(); }

}  // namespace parley
