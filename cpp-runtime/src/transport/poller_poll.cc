#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <vector>

#include "parley/transport/poller.h"
#include "transport/system.h"
#include "transport/wait_time.h"

namespace parley {

namespace {

struct Watched {
  std::uint64_t token;
  short events;
};

short EventsOf(Interest interest) {
  int events = 0;
  if (static_cast<unsigned>(interest) & static_cast<unsigned>(Interest::kRead)) events |= POLLIN;
  if (static_cast<unsigned>(interest) & static_cast<unsigned>(Interest::kWrite)) events |= POLLOUT;
  return static_cast<short>(events);
}

}  // namespace

struct Poller::State {
  std::mutex mutex;  // a leaf: held for a lookup, never over poll
  std::map<int, Watched> watched;
  Bell bell;
  // Where the next wait begins to report, so that the first descriptors do not starve the last.
  std::size_t turn = 0;
  // Of the waiting thread alone.
  std::vector<pollfd> places;
  std::vector<std::uint64_t> tokens;
};

Poller::Poller() : state_(new State()) {}

Poller::~Poller() = default;

void Poller::Add(int descriptor, std::uint64_t token, Interest interest) {
  Change(descriptor, token, interest);
}

void Poller::Change(int descriptor, std::uint64_t token, Interest interest) {
  {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    if (interest == Interest::kNone) {
      state_->watched.erase(descriptor);
    } else {
      state_->watched[descriptor] = {token, EventsOf(interest)};
    }
  }
  // A wait that is under way works on an old list.
  state_->bell.Ring();
}

void Poller::Remove(int descriptor) noexcept {
  {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    state_->watched.erase(descriptor);
  }
  state_->bell.Ring();
}

std::size_t Poller::Wait(Ready* ready, std::size_t room, std::chrono::nanoseconds timeout) {
  State& state = *state_;
  const WaitTime time(timeout);
  while (true) {
    state.places.assign(1, {state.bell.descriptor(), POLLIN, 0});
    state.tokens.assign(1, kBellToken);
    {
      const std::lock_guard<std::mutex> guard(state.mutex);
      for (const auto& [descriptor, watched] : state.watched) {
        state.places.push_back({descriptor, watched.events, 0});
        state.tokens.push_back(watched.token);
      }
    }
    const int count =
        ::poll(state.places.data(), static_cast<nfds_t>(state.places.size()), time.Left());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw sys::Failure("poll", errno);
    if (state.places[0].revents != 0) state.bell.Silence();
    const std::size_t watched = state.places.size() - 1;
    std::size_t found = 0;
    std::size_t looked = 0;
    for (; looked < watched && found < room; ++looked) {
      const std::size_t i = 1 + (state.turn + looked) % watched;
      const short events = state.places[i].revents;
      if (events == 0) continue;
      const bool over = (events & (POLLHUP | POLLERR | POLLNVAL)) != 0;
      ready[found++] = {state.tokens[i], over || (events & POLLIN) != 0,
                        over || (events & POLLOUT) != 0};
    }
    state.turn = watched == 0 ? 0 : (state.turn + looked) % watched;
    return found;
  }
}

void Poller::Wakeup() noexcept { state_->bell.Ring(); }

}  // namespace parley
