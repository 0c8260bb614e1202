#include "client_state.h"

#include <chrono>
#include <utility>

#include "connection/fault.h"
#include "connection/step_aside.h"
#include "parley/transport/transport_error.h"
#include "rpc/conversions.h"

namespace parley {
namespace {

Code CodeOf(TransportError::Reason reason) {
  switch (reason) {
    case TransportError::Reason::kBadAddress:
      return Code::kInvalidArgument;
    case TransportError::Reason::kRefused:
      return Code::kPermissionDenied;
    case TransportError::Reason::kExhausted:
      return Code::kResourceExhausted;
    case TransportError::Reason::kInUse:
    case TransportError::Reason::kNotListening:
    case TransportError::Reason::kRemoved:
    case TransportError::Reason::kSystem:
      return Code::kUnavailable;
  }
  return Code::kUnavailable;
}

StatusMessage ClosedHere() {
  return Fault(wire_code::kCancelled, "the client closed the connection");
}

/// Whether it may be otherwise the next time.
bool MayPass(Code code) {
  return code != Code::kInvalidArgument && code != Code::kPermissionDenied &&
         code != Code::kUnimplemented;
}

}  // namespace

Client::State::State(Client& client, Address address, Settings settings,
                     std::shared_ptr<const Services> services,
                     std::shared_ptr<const Calling> calling, std::shared_ptr<Loop> loop,
                     std::shared_ptr<Workers> chores, std::unique_ptr<ClientWay> way,
                     std::unique_ptr<SpinSearch> spin, Reconnect reconnect, bool one_at_a_time,
                     std::vector<std::shared_ptr<LifecycleListener>> listeners)
    : client_(client),
      address_(std::move(address)),
      way_(std::move(way)),
      label_(way_ == nullptr ? address_.ToString() : way_->label),
      spin_(std::move(spin)),
      settings_(std::move(settings)),
      services_(std::move(services)),
      calling_(std::move(calling)),
      loop_(std::move(loop)),
      chores_(std::move(chores)),
      lifecycle_(std::make_shared<Lifecycle>(std::move(listeners), chores_)),
      id_(ConnectedPeer::NextId()),
      one_at_a_time_(one_at_a_time),
      reconnect_(reconnect) {}

void Client::State::Prepare() {
  if (one_at_a_time_) {
    const auto start = [held = weak_from_this()](std::shared_ptr<ClientCall> call) {
      if (const std::shared_ptr<State> self = held.lock()) {
        self->StartNow(std::move(call));
      }
    };
    turns_ = std::make_shared<Turns>(start, chores_, loop_);
  }
}

void Client::State::ConnectNow() {
  Prepare();
  lifecycle_->Tell([](LifecycleListener& listener) { listener.Started(); });
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++links_;
    trying_ = true;
  }
  try {
    Open();
  } catch (...) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      trying_ = false;
      stopped_ = true;
    }
    Released();
    throw;
  }
  StepAside();
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return peer_ != nullptr || first_failure_.has_value(); });
  if (peer_ == nullptr) {
    throw RpcException(ToStatus(*first_failure_), Outcome::kNotSent);
  }
}

void Client::State::ConnectAhead() {
  Prepare();
  lifecycle_->Tell([](LifecycleListener& listener) { listener.Started(); });
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++links_;
    trying_ = true;
    awaits_first_ = true;
    comes_back_ = true;  // So that listeners are told of a failure.
  }
  Open();
}

void Client::State::ConnectLater() {
  Prepare();
  lifecycle_->Tell([](LifecycleListener& listener) { listener.Started(); });
  std::uint64_t number = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    comes_back_ = true;
    number = ++attempt_;
  }
  chores_->Submit([self = shared_from_this(), number] { self->Attempt(number); });
}

std::unique_ptr<Link> Client::State::Connect(std::chrono::milliseconds timeout) {
  if (spin_ != nullptr) {
    return spin_->Find(
        [this] {
          std::lock_guard<std::mutex> lock(mutex_);
          return stopped_;
        },
        timeout);
  }
  try {
    return SocketLink::Connect(address_.endpoint(), timeout);
  } catch (const TransportError& error) {
    throw RpcException(Status(CodeOf(error.reason()), error.what()), Outcome::kNotSent);
  }
}

bool Client::State::SearchOn(const StatusMessage& why) {
  if (spin_ == nullptr || !spin_->GoesOn(ToStatus(why))) {
    return false;
  }
  std::uint64_t number = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      return false;
    }
    greeting_.reset();
    number = ++attempt_;
  }
  chores_->Submit([self = shared_from_this(), number] { self->Attempt(number); });
  return true;
}

void Client::State::Open() {
  Settings settings = settings_;
  std::unique_ptr<Link> link;
  auto began = std::chrono::steady_clock::now();
  if (way_ != nullptr) {
    link = std::move(way_->link);
  } else {
    link = Connect(std::chrono::ceil<std::chrono::milliseconds>(settings.handshake_timeout));
  }
  if (spin_ != nullptr) {
    began = std::chrono::steady_clock::now();  // A start has a time of its own.
  }
  settings.handshake_spent = std::chrono::steady_clock::now() - began;
  const int descriptor = link->descriptor();
  const std::shared_ptr<ConnectedPeer> peer = ConnectedPeer::Of(
      way_ == nullptr ? Side::kConnecting : way_->side, std::move(link), std::move(settings), loop_,
      services_, calling_, shared_from_this(), address_.name(), label_);
  bool late = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    trying_ = false;
    greeting_ = peer;
    late = stopped_;
  }
  loop_->Hold(peer->shared_connection(), descriptor);
  if (late) {
    loop_->Run([peer] { peer->connection().CloseNow(ClosedHere()); });
  }
}

void Client::State::Attempt(std::uint64_t number) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (number != attempt_ || stopped_) {
      return;
    }
    retry_.reset();
    trying_ = true;
    ++links_;
  }
  try {
    Open();
  } catch (const RpcException& failure) {
    lifecycle_->Tell([failure](LifecycleListener& listener) { listener.Failed(failure); });
    Waiting hopeless;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      trying_ = false;
      ++failures_;
      first_failure_ = ToMessage(failure.status());
      changed_.notify_all();
      hopeless = MayPass(failure.code()) ? TryAgainOrStop() : Stop();
    }
    GiveUp(std::move(hopeless));
    Released();
  }
}

std::optional<Refusal> Client::State::Admit(ConnectedPeer&, const std::string&, std::string_view) {
  return std::nullopt;
}

void Client::State::Opened(const std::shared_ptr<ConnectedPeer>& peer, const HelloMessage& hello) {
  if (spin_ != nullptr) {
    spin_->Done();
  }
  Waiting ready;
  std::map<std::uint64_t, std::shared_ptr<Follower>> following;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    greeting_.reset();
    peer_ = peer;
    payload_ = hello.payload;
    comes_back_ = true;
    opened_at_ = loop_->Now();
    ready.swap(waiting_);
    following = followers_;
    if (reconnect_.max_attempts() == 0) {
      only_.store(peer.get(), std::memory_order_release);
    }
    changed_.notify_all();
  }
  lifecycle_->Tell(
      [self = shared_from_this()](LifecycleListener& to) { to.Connected(self->client_); });
  if (!following.empty()) {
    chores_->Submit([peer, following = std::move(following)] {
      for (const auto& [number, follower] : following) {
        follower->Connected(peer->AsConnection());
      }
    });
  }
  if (!ready.empty()) {
    chores_->Submit([peer, ready = std::move(ready)] {
      for (const auto& [raw, call] : ready) {
        peer->StartCall(call);
      }
    });
  }
}

void Client::State::Closed(ConnectedPeer& peer, const StatusMessage& why) {
  bool was_open = false;
  bool comes = false;
  bool told = false;
  Waiting hopeless;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    was_open = peer_.get() == &peer;
  }
  if (!was_open && peer.connection().MayReturn() && SearchOn(why)) {
    Released();
    return;
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!was_open) {
      greeting_.reset();
      first_failure_ = why;
    }
    told = comes_back_;
    if (was_open && loop_->Now() - opened_at_ >= reconnect_.Bound(failures_).count()) {
      failures_ = 0;
    } else {
      ++failures_;
    }
    hopeless = peer.connection().MayReturn() ? TryAgainOrStop() : Stop();
    comes = !stopped_;
  }
  if (was_open) {
    lifecycle_->Tell(
        [self = shared_from_this(), reason = ToStatus(why), comes](LifecycleListener& listener) {
          listener.Disconnected(self->client_, reason, comes);
        });
  } else if (told) {
    lifecycle_->Tell([failure = RpcException(ToStatus(why), Outcome::kNotSent)](
                         LifecycleListener& listener) { listener.Failed(failure); });
  }
  GiveUp(std::move(hopeless));
  Released();
}

Client::State::Waiting Client::State::TryAgainOrStop() {
  if (stopped_ || !comes_back_ || failures_ >= reconnect_.max_attempts()) {
    return Stop();
  }
  const std::uint64_t number = ++attempt_;
  retry_ = loop_->At(loop_->Now() + reconnect_.Delay(failures_).count(),
                     [self = shared_from_this(), number] {
                       self->chores_->Submit([self, number] { self->Attempt(number); });
                     });
  return {};
}

Client::State::Waiting Client::State::Stop() {
  stopped_ = true;
  if (retry_.has_value()) {
    loop_->Cancel(*retry_);
    retry_.reset();
  }
  return std::exchange(waiting_, {});
}

void Client::State::GiveUp(Waiting hopeless) {
  std::map<std::uint64_t, std::shared_ptr<Follower>> following;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopped_) {
      following.swap(followers_);
    }
  }
  for (const auto& [number, follower] : following) {
    follower->Over(NotConnected().status());
  }
  if (hopeless.empty()) {
    return;
  }
  chores_->Submit([failure = NotConnected(), hopeless = std::move(hopeless)] {
    for (const auto& [raw, call] : hopeless) {
      call->Fail(failure.status(), failure.outcome());
    }
  });
}

void Client::State::Released() {
  bool over = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    --links_;
    over = stopped_ && links_ == 0 && !std::exchange(told_, stopped_ && links_ == 0);
  }
  if (over) {
    lifecycle_->Tell([](LifecycleListener& listener) { listener.Stopped(); });
  }
  std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();
}

void Client::State::StopReconnecting() {
  Waiting hopeless;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    reconnect_ = Reconnect::kNone;
    if (!trying_ && greeting_ == nullptr && (peer_ == nullptr || !peer_->IsOpen())) {
      hopeless = Stop();
    }
    ++links_;
  }
  GiveUp(std::move(hopeless));
  Released();
}

void Client::State::StartCall(std::shared_ptr<ClientCall> call) {
  if (turns_ != nullptr && call->shape() == Shape::kUnary) {
    turns_->Start(call);
    return;
  }
  StartNow(std::move(call));
}

void Client::State::StartNow(std::shared_ptr<ClientCall> call) {
  ConnectedPeer* const only = only_.load(std::memory_order_acquire);
  if (only != nullptr) {
    only->StartCall(std::move(call));
    return;
  }
  if (!call->options().waits_for_ready()) {
    std::shared_ptr<ConnectedPeer> peer;
    bool waits = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      peer = peer_;
      waits = peer == nullptr && awaits_first_;
    }
    if (peer != nullptr) {
      peer->StartCall(std::move(call));
      return;
    }
    if (!waits) {
      const RpcException failure = NotConnected();
      call->Fail(failure.status(), failure.outcome());
      return;
    }
  }
  if (!call->KeepRequest()) {
    call->Fail(Status(Code::kInvalidArgument, "the request changed while it was written"),
               Outcome::kNotSent);
    return;
  }
  const std::weak_ptr<State> held = weak_from_this();
  call->WhenUnsent([held](const std::shared_ptr<ClientCall>& unsent) {
    const std::shared_ptr<State> state = held.lock();
    return state != nullptr && state->Await(unsent);
  });
  call->OnEnd([held, raw = call.get()](const CallEnd&) {
    if (const std::shared_ptr<State> state = held.lock()) {
      state->Take(raw);
    }
  });
  if (!Await(call)) {
    const RpcException failure = NotConnected();
    call->Fail(failure.status(), failure.outcome());
  }
}

std::function<void()> Client::State::Follow(std::shared_ptr<Follower> follower) {
  std::shared_ptr<ConnectedPeer> peer;
  std::uint64_t number = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!stopped_) {
      number = ++last_follower_;
      followers_.emplace(number, follower);
      peer = peer_;
    }
  }
  if (number == 0) {
    follower->Over(NotConnected().status());
  } else if (peer != nullptr) {
    follower->Connected(peer->AsConnection());
  }
  return [held = weak_from_this(), number] {
    const std::shared_ptr<State> state = held.lock();
    if (state != nullptr) {
      std::lock_guard<std::mutex> lock(state->mutex_);
      state->followers_.erase(number);
    }
  };
}

bool Client::State::Await(const std::shared_ptr<ClientCall>& call) {
  std::shared_ptr<ConnectedPeer> peer;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (peer_ != nullptr && peer_->connection().TakesCalls()) {
      peer = peer_;
    } else if (stopped_) {
      return false;
    } else {
      waiting_.emplace(call.get(), call);
    }
  }
  if (peer != nullptr) {
    // Not here: this may be the end of the attempt before, on the thread that reads.
    chores_->Submit([peer, call] { peer->StartCall(call); });
  } else if (call->waits() == ClientCall::Waits::kNot && call->deadline().has_value()) {
    loop_->At(*call->deadline(), [held = weak_from_this(), raw = call.get()] {
      const std::shared_ptr<State> state = held.lock();
      const std::shared_ptr<ClientCall> late = state == nullptr ? nullptr : state->Take(raw);
      if (late != nullptr) {
        late->Fail(
            Status(Code::kDeadlineExceeded, "the time-out passed while no connection was ready"),
            Outcome::kNotSent);
      }
    });
  }
  return true;
}

std::shared_ptr<ClientCall> Client::State::Take(ClientCall* call) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto place = waiting_.find(call);
  if (place == waiting_.end()) {
    return nullptr;
  }
  std::shared_ptr<ClientCall> taken = std::move(place->second);
  waiting_.erase(place);
  return taken;
}

RpcException Client::State::NotConnected() const {
  return RpcException(Status(Code::kUnavailable, "no connection to " + label_ + " is open"),
                      Outcome::kNotSent);
}

std::shared_ptr<ConnectedPeer> Client::State::Connected() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (peer_ == nullptr && awaits_first_ && !stopped_) {
    lock.unlock();
    StepAside();
    lock.lock();
    changed_.wait(lock, [this] { return peer_ != nullptr || stopped_; });
  }
  if (peer_ == nullptr) {
    throw NotConnected();
  }
  return peer_;
}

std::string Client::State::name() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return peer_ == nullptr ? (way_ == nullptr ? address_.name() : label_) : peer_->name();
}

std::string Client::State::payload() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return payload_;
}

bool Client::State::HasEnded() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return stopped_;
}

bool Client::State::IsOpen() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return peer_ != nullptr && peer_->IsOpen();
}

std::any Client::State::attachment() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return attachment_;
}

void Client::State::Attach(std::any attachment) {
  std::lock_guard<std::mutex> lock(mutex_);
  attachment_ = std::move(attachment);
}

void Client::State::Close(const std::optional<StatusMessage>& abort) {
  Waiting hopeless;
  std::shared_ptr<ConnectedPeer> last;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    hopeless = Stop();
    last = greeting_ == nullptr ? peer_ : greeting_;
    ++links_;
  }
  GiveUp(std::move(hopeless));
  if (last != nullptr) {
    // By the loop, so that the connection has begun.
    loop_->Run([last, abort] {
      if (!abort.has_value() && last->IsOpen()) {
        last->Close();
      } else {
        last->connection().CloseNow(abort.value_or(ClosedHere()));
      }
    });
  }
  Released();
  AwaitClosed();
}

void Client::State::AwaitClosed() {
  StepAside();
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ && links_ == 0; });
}

}  // namespace parley
