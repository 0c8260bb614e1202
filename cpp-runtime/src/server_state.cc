#include "server_state.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <utility>

#include "connection/fault.h"
#include "parley/transport/transport_error.h"

namespace parley {
namespace {

// How many connections are accepted before others have their turn.
constexpr int kAccepts = 64;
// How long accepting rests when the process is out of descriptors: doubled up to the second.
constexpr std::int64_t kShortPause = 10'000'000;
constexpr std::int64_t kLongPause = 1'000'000'000;

}  // namespace

Server::State::State(Address address, Settings settings, std::shared_ptr<const Services> services,
                     std::shared_ptr<TaskRunner> workers, std::shared_ptr<const Calling> calling,
                     Builder::Admission admission, std::size_t max_handshakes)
    : address_(std::move(address)),
      settings_(std::move(settings)),
      services_(std::move(services)),
      workers_(std::move(workers)),
      calling_(std::move(calling)),
      admission_(std::move(admission)),
      max_handshakes_(max_handshakes),
      loop_(Loop::Start()) {}

void Server::State::Start() {
  try {
    listener_ = Listener::Open(address_.endpoint());
  } catch (...) {
    loop_->Stop();
    throw;
  }
  loop_->Run([self = shared_from_this()] {
    if (self->listener_ != nullptr) {
      self->watch_ = self->loop_->Watch(self->listener_->descriptor(),
                                        [raw = self.get()] { raw->AcceptAll(); });
    }
  });
}

void Server::State::AcceptAll() {
  for (int i = 0; i < kAccepts; ++i) {
    std::unique_ptr<SocketLink> link;
    try {
      link = listener_->Accept();
    } catch (const TransportError&) {
      // Out of descriptors or memory: the listener stays readable, so it must rest.
      PauseAccepting();
      return;
    }
    if (link == nullptr) {
      return;
    }
    pause_ = 0;
    AcceptOne(std::move(link));
  }
}

void Server::State::PauseAccepting() {
  pause_ = std::min(kLongPause, std::max(kShortPause, pause_ * 2));
  loop_->Pause(watch_, true);
  loop_->At(loop_->Now() + pause_, [self = shared_from_this()] {
    if (self->listener_ != nullptr) {
      self->loop_->Pause(self->watch_, false);
    }
  });
}

void Server::State::AcceptOne(std::unique_ptr<SocketLink> link) {
  const int descriptor = link->descriptor();
  const uid_t uid = link->credentials().uid;
  const std::shared_ptr<ConnectedPeer> peer =
      ConnectedPeer::Of(Side::kAccepting, std::move(link), settings_, loop_, services_, calling_,
                        shared_from_this(), "", "before its HELLO");
  std::list<ConnectedPeer*>& waiting = handshakes_[uid];
  if (waiting.size() >= max_handshakes_) {
    // The oldest is the likeliest never to say HELLO; an honest newcomer is let in.
    ConnectedPeer* oldest = waiting.front();
    waiting.pop_front();
    oldest->connection().Refuse(
        Fault(wire_code::kResourceExhausted,
              "H-5: more than " + std::to_string(max_handshakes_) + " connections in handshake"));
  }
  waiting.push_back(peer.get());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    all_.emplace(peer.get(), peer);
  }
  loop_->Hold(peer->shared_connection(), descriptor);
}

std::optional<Status> Server::State::Admit(const std::string& name, const Credentials& credentials,
                                           std::string_view payload) {
  if (!admission_) {
    return std::nullopt;
  }
  try {
    return admission_(name, credentials, payload);
  } catch (const std::exception& failure) {
    return Status(Code::kInternal, "H-1: the admission failed, error " +
                                       ReportHandlerFailure("admission", failure.what()));
  } catch (...) {
    return Status(Code::kInternal,
                  "H-1: the admission failed, error " +
                      ReportHandlerFailure("admission", "something that is no std::exception"));
  }
}

void Server::State::Opened(const std::shared_ptr<ConnectedPeer>& peer, const HelloMessage&) {
  handshakes_[peer->credentials().uid].remove(peer.get());
  std::lock_guard<std::mutex> lock(mutex_);
  open_.insert(peer.get());
}

void Server::State::Closed(ConnectedPeer& peer, const StatusMessage&) {
  handshakes_[peer.credentials().uid].remove(&peer);
  std::shared_ptr<ConnectedPeer> dropped;
  std::lock_guard<std::mutex> lock(mutex_);
  open_.erase(&peer);
  const auto place = all_.find(&peer);
  if (place != all_.end()) {
    dropped = std::move(place->second);
    all_.erase(place);
  }
}

std::vector<std::shared_ptr<Peer>> Server::State::peers() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<Peer>> peers;
  for (ConnectedPeer* peer : open_) {
    peers.push_back(all_.at(peer));
  }
  return peers;
}

std::vector<std::shared_ptr<ConnectedPeer>> Server::State::All() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::shared_ptr<ConnectedPeer>> all;
  for (const auto& [raw, peer] : all_) {
    all.push_back(peer);
  }
  return all;
}

void Server::State::StopListening() {
  std::promise<void> stopped;
  loop_->Run([this, &stopped] {
    if (listener_ != nullptr) {
      loop_->Forget(watch_);
      listener_->Close();
      listener_.reset();
    }
    stopped.set_value();
  });
  stopped.get_future().wait();
}

void Server::State::EndAll() {
  std::optional<StatusMessage> abort;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    abort = abort_;
  }
  for (const std::shared_ptr<ConnectedPeer>& peer : All()) {
    if (!abort.has_value() && peer->IsOpen()) {
      peer->connection().Close();
    } else {
      peer->connection().CloseNow(
          abort.value_or(Fault(wire_code::kUnavailable, "the server closed")));
    }
  }
}

void Server::State::Close(std::optional<StatusMessage> abort) {
  bool first = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    first = !closing_;
    closing_ = true;
    if (abort.has_value()) {
      abort_ = std::move(abort);
    }
  }
  if (first) {
    StopListening();
  }
  // By the loop, so that every connection has begun.
  loop_->Run([self = shared_from_this()] { self->EndAll(); });
  if (!first) {
    AwaitClosed();
    return;
  }
  const std::vector<std::shared_ptr<ConnectedPeer>> all = All();
  for (const std::shared_ptr<ConnectedPeer>& peer : all) {
    peer->connection().AwaitEnded();
  }
  loop_->Stop();
  workers_->Stop();
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  closed_changed_.notify_all();
}

void Server::State::AwaitClosed() {
  std::unique_lock<std::mutex> lock(mutex_);
  closed_changed_.wait(lock, [this] { return closed_; });
}

}  // namespace parley
