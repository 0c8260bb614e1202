#include "server_state.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <future>
#include <thread>
#include <utility>

#include "connection/fault.h"
#include "connection/step_aside.h"
#include "parley/rpc/log_sink.h"
#include "parley/transport/transport_error.h"
#include "rpc/conversions.h"

namespace parley {
namespace {

// How many connections are accepted before others have their turn.
constexpr int kAccepts = 64;
// How long accepting rests when the process is out of descriptors: doubled up to the second.
constexpr std::int64_t kShortPause = 10'000'000;
constexpr std::int64_t kLongPause = 1'000'000'000;
// How often it looks whether its socket is in its place.
constexpr std::int64_t kLook = 1'000'000'000;

}  // namespace

Server::State::State(Address address, Settings settings, std::shared_ptr<const Services> services,
                     std::shared_ptr<TaskRunner> workers, std::shared_ptr<const Calling> calling,
                     Admission admission, std::shared_ptr<Handlers> handlers,
                     std::size_t max_handshakes, std::size_t max_connections,
                     std::vector<std::shared_ptr<LifecycleListener>> listeners)
    : address_(std::move(address)),
      settings_(std::move(settings)),
      services_(std::move(services)),
      workers_(std::move(workers)),
      calling_(std::move(calling)),
      admission_(std::move(admission)),
      handlers_(std::move(handlers)),
      max_handshakes_(max_handshakes),
      max_connections_(max_connections),
      chores_(std::make_shared<Workers>(Workers::kUnbounded)),
      lifecycle_(std::make_shared<Lifecycle>(std::move(listeners), chores_)),
      loop_(Loop::Start()) {}

void Server::State::Start(const Access& access) {
  try {
    listener_ = Listener::Open(address_.endpoint(), Listener::kDefaultBacklog, access);
  } catch (...) {
    loop_->Stop();
    throw;
  }
  lifecycle_->Tell([](LifecycleListener& listener) { listener.Started(); });
  loop_->Run([self = shared_from_this()] {
    if (self->listener_ != nullptr) {
      self->WatchListener();
      self->LookLater();
      self->WatchIdleness();
    }
  });
}

void Server::State::WatchListener() {
  watch_ = loop_->Watch(listener_->descriptor(), [this] { AcceptAll(); });
}

void Server::State::SpinDown(std::chrono::nanoseconds idle, std::chrono::nanoseconds first) {
  idle_ = idle;
  first_idle_ = first;
}

void Server::State::WatchIdleness() {
  if (idle_timer_.has_value()) {
    loop_->Cancel(*idle_timer_);
    idle_timer_.reset();
  }
  bool nobody = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    nobody = all_.empty() && !closing_;
  }
  if (idle_.has_value() && nobody) {
    const std::chrono::nanoseconds wait = somebody_came_ ? *idle_ : first_idle_;
    idle_timer_ = loop_->At(loop_->Now() + wait.count(), [held = weak_from_this()] {
      if (const std::shared_ptr<State> self = held.lock()) {
        self->Idle();
      }
    });
  }
}

void Server::State::Idle() {
  idle_timer_.reset();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!all_.empty() || closing_) {
      return;
    }
  }
  if (workers_->IsBusy()) {
    WatchIdleness();
    return;
  }
  // Nobody who comes from now on is accepted: the next server takes them.
  loop_->Forget(watch_);
  listener_->Close();
  listener_.reset();
  std::thread([self = shared_from_this()] { self->Close(std::nullopt); }).detach();
}

void Server::State::LookLater() {
  if (address_.endpoint().kind() == Endpoint::Kind::kPath) {
    loop_->At(loop_->Now() + kLook, [held = weak_from_this()] {
      if (const std::shared_ptr<State> self = held.lock()) {
        self->Look();
      }
    });
  }
}

void Server::State::Look() {
  if (listener_ == nullptr) {
    return;
  }
  const bool missing = !listener_->IsInPlace();
  if (missing && !missed_) {
    const TransportError error(TransportError::Reason::kRemoved,
                               "N-13: somebody has removed the socket of " + address_.ToString() +
                                   "; no client finds it until it is put back");
    lifecycle_->Tell([error](LifecycleListener& listener) { listener.Failed(error); });
  }
  missed_ = missing;
  LookLater();
}

void Server::State::Restore() {
  if (listener_ == nullptr || listener_->IsInPlace()) {
    return;
  }
  // Whoever has connected before is taken; nobody else finds that socket.
  AcceptAll();
  const std::unique_ptr<Listener> before = listener_->Restore();
  loop_->Forget(watch_);
  WatchListener();
  missed_ = false;
}

void Server::State::RestoreSocket() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (closing_) {
      return;
    }
  }
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> end = done->get_future();
  loop_->Run([self = shared_from_this(), done] {
    try {
      self->Restore();
      done->set_value();
    } catch (...) {
      done->set_exception(std::current_exception());
    }
  });
  StepAside();
  end.get();
}

void Server::State::AcceptAll() {
  for (int i = 0; i < kAccepts; ++i) {
    std::unique_ptr<SocketLink> link;
    try {
      link = listener_->Accept();
    } catch (const TransportError& error) {
      // Out of descriptors or memory: the listener stays readable, so it must rest.
      if (pause_ == 0) {
        LogSink::Write(std::string("accepting rests for a while: ") + error.what());
        lifecycle_->Tell([error](LifecycleListener& listener) { listener.Failed(error); });
      }
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
  somebody_came_ = true;
  WatchIdleness();
  loop_->Hold(peer->shared_connection(), descriptor);
}

std::optional<Refusal> Server::State::Admit(ConnectedPeer& peer, const std::string& name,
                                            std::string_view payload) {
  Verdict verdict = Verdict::Accept();
  try {
    if (admission_) {
      verdict = admission_(Applicant{name, peer.credentials(), payload});
    }
  } catch (const std::exception& failure) {
    return Refusal{Fault(
        wire_code::kInternal,
        "H-1: the admission failed, error " + ReportHandlerFailure("admission", failure.what()))};
  } catch (...) {
    return Refusal{
        Fault(wire_code::kInternal,
              "H-1: the admission failed, error " +
                  ReportHandlerFailure("admission", "something that is no std::exception"))};
  }
  if (verdict.refusal().has_value()) {
    return Refusal{ToMessage(*verdict.refusal()), verdict.for_good()};
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (admitted_.size() >= max_connections_) {
      return Refusal{Fault(wire_code::kResourceExhausted,
                           std::to_string(max_connections_) + " clients are connected to " +
                               address_.ToString() + ", as many as may be")};
    }
    admitted_.insert(&peer);
  }
  peer.Attach(verdict.attachment());
  return std::nullopt;
}

void Server::State::Opened(const std::shared_ptr<ConnectedPeer>& peer, const HelloMessage&) {
  handshakes_[peer->credentials().uid].remove(peer.get());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    open_.insert(peer.get());
  }
  lifecycle_->Tell([peer](LifecycleListener& listener) { listener.Connected(*peer); });
}

void Server::State::Closed(ConnectedPeer& peer, const StatusMessage& why) {
  handshakes_[peer.credentials().uid].remove(&peer);
  std::shared_ptr<ConnectedPeer> dropped;
  bool was_open = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    admitted_.erase(&peer);
    was_open = open_.erase(&peer) > 0;
    const auto place = all_.find(&peer);
    if (place != all_.end()) {
      dropped = std::move(place->second);
      all_.erase(place);
    }
  }
  if (was_open) {
    lifecycle_->Tell([dropped, reason = ToStatus(why)](LifecycleListener& listener) {
      listener.Disconnected(*dropped, reason, false);
    });
  }
  WatchIdleness();
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
  bool for_good = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    abort = abort_;
    for_good = for_good_;
  }
  for (const std::shared_ptr<ConnectedPeer>& peer : All()) {
    if (!abort.has_value() && peer->IsOpen()) {
      peer->Close(for_good);
    } else {
      peer->connection().CloseNow(
          abort.value_or(Fault(wire_code::kUnavailable, "the server closed")));
    }
  }
}

void Server::State::Close(std::optional<StatusMessage> abort, bool for_good) {
  bool first = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    first = !closing_;
    closing_ = true;
    for_good_ = for_good_ || for_good;
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
  lifecycle_->Tell([](LifecycleListener& listener) { listener.Stopped(); });
  chores_->Stop();
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  closed_changed_.notify_all();
}

void Server::State::AwaitClosed() {
  std::unique_lock<std::mutex> lock(mutex_);
  closed_changed_.wait(lock, [this] { return closed_; });
}

}  // namespace parley
