#include "rpc/connected_peer.h"

#include <cstddef>
#include <new>
#include <utility>

#include "connection/fault.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/wire/wire_log.h"
#include "rpc/conversions.h"
#include "rpc/intercepted_invocation.h"
#include "rpc/publication.h"
#include "rpc/served_call.h"
#include "rpc/served_streams.h"
#include "rpc/topic_call.h"
#include "rpc/topic_hub.h"

namespace parley {
namespace {

// From so many bytes on a request is not parsed by the thread that reads for the whole connection,
// which it would keep for a third of a millisecond or more.
constexpr std::size_t kLongRequest = 2u << 20;

}  // namespace

std::shared_ptr<ConnectedPeer> ConnectedPeer::Of(Side side, std::unique_ptr<Link> link,
                                                 Settings settings, std::shared_ptr<Timers> timers,
                                                 std::shared_ptr<const Services> services,
                                                 std::shared_ptr<const Calling> calling,
                                                 std::shared_ptr<PeerKeeper> keeper,
                                                 std::string dialled, std::string label) {
  std::shared_ptr<ConnectedPeer> peer(new ConnectedPeer(
      timers, std::move(services), std::move(calling), std::move(keeper), std::move(dialled)));
  // The connection holds the peer until it has ended.
  peer->connection_ = std::make_shared<Connection>(side, std::move(link), std::move(settings),
                                                   std::move(timers), peer, std::move(label));
  return peer;
}

ConnectedPeer::ConnectedPeer(std::shared_ptr<Timers> timers,
                             std::shared_ptr<const Services> services,
                             std::shared_ptr<const Calling> calling,
                             std::shared_ptr<PeerKeeper> keeper, std::string dialled)
    : services_(std::move(services)),
      calling_(std::move(calling)),
      events_(std::make_shared<EventQueue>(services_)),
      backoffs_(std::make_shared<Backoffs>(std::move(timers))),
      direct_(*this),
      calls_(direct_, calling_->interceptors),
      keeper_(std::move(keeper)),
      name_(std::move(dialled)) {}

void ConnectedPeer::StartCall(std::shared_ptr<ClientCall> call) {
  calls_.StartCall(std::move(call));
}

void ConnectedPeer::StartDirect(const std::shared_ptr<ClientCall>& call) {
  if (call->shape() == Shape::kOneWay) {
    SendOneWay(*call);
    return;
  }
  const RetryPolicy retry = ClientStreams(call->shape())
                                ? RetryPolicy::kNone
                                : call->options().retry().value_or(calling_->retry);
  // Whoever waits for the call keeps its request; of others a copy is kept for further attempts.
  if (retry.max_attempts() > 1 && call->waits() == ClientCall::Waits::kNot &&
      !call->KeepRequest()) {
    call->Fail(Status(Code::kInvalidArgument, "the request changed while it was written"),
               Outcome::kNotSent);
    return;
  }
  if (call->CarriedBy(shared_from_this(), retry)) {
    call->Begin(*this);
  }
}

void ConnectedPeer::StartAttempt(ClientCall& call, const std::shared_ptr<OutgoingCall>& attempt) {
  OutgoingRequest request;
  request.method = call.method().full_name();
  request.message = call.request();
  request.client_streams = ClientStreams(call.shape());
  request.server_streams = ServerStreams(call.shape());
  request.metadata = ToFields(call.options().metadata());
  request.deadline = call.deadline();
  connection_->StartCall(attempt, request, call.waits() == ClientCall::Waits::kNot);
}

void ConnectedPeer::SendOneWay(ClientCall& call) {
  const std::optional<StatusMessage> fault = connection_->SendEvent(
      call.method().full_name(), call.request(), ToFields(call.options().metadata()));
  if (fault.has_value()) {
    call.Fail(ToStatus(*fault), Outcome::kNotSent);
  } else {
    call.Succeeded(Envelope());
  }
}

bool ConnectedPeer::AwaitRetry(const std::shared_ptr<ClientCall>& call, std::int64_t due) {
  return connection_->TakesCalls() && backoffs_->Await(call, due);
}

bool ConnectedPeer::Leave(OutgoingCall& attempt, const Status& why) {
  return connection_->LeaveCall(attempt, ToMessage(why));
}

Offer ConnectedPeer::Try(const std::shared_ptr<OutgoingCall>& call,
                         const OutgoingMessage& message) {
  return connection_->Try(call, message);
}

bool ConnectedPeer::Run(std::function<void()> task) {
  return services_->workers().Submit(std::move(task)).has_value();
}

bool ConnectedPeer::Complete(const std::shared_ptr<ClientCall>& call) {
  TaskRunner& workers = services_->workers();
  if (workers.BeginHere()) {
    if (connection_->Post(call)) {
      return true;
    }
    workers.EndHere();
  }
  if (!workers.Submit([call] { call->Run(); }).has_value()) {
    // As many handlers run as may: it has to be told all the same.
    call->Run();
  }
  return false;
}

std::future<std::chrono::nanoseconds> ConnectedPeer::Ping() {
  auto promise = std::make_shared<std::promise<std::chrono::nanoseconds>>();
  std::future<std::chrono::nanoseconds> round_trip = promise->get_future();
  connection_->Ping([promise](std::optional<std::int64_t> nanos, const StatusMessage& why) {
    if (nanos.has_value()) {
      promise->set_value(std::chrono::nanoseconds(*nanos));
    } else {
      promise->set_exception(
          std::make_exception_ptr(RpcException(ToStatus(why), Outcome::kUnknown)));
    }
  });
  return round_trip;
}

void ConnectedPeer::QueueEvent(std::string_view name, const OutgoingMessage& event,
                               const Metadata& metadata) {
  const std::optional<StatusMessage> fault =
      connection_->SendEvent(name, event, ToFields(metadata));
  if (fault.has_value()) {
    throw RpcException(ToStatus(*fault), Outcome::kNotSent);
  }
}

std::optional<Refusal> ConnectedPeer::Admit(const std::string& name, const HelloMessage& hello) {
  return keeper_->Admit(*this, name, hello.payload);
}

std::uint64_t ConnectedPeer::NextId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

std::any ConnectedPeer::attachment() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return attachment_;
}

void ConnectedPeer::Attach(std::any attachment) {
  std::lock_guard<std::mutex> lock(mutex_);
  attachment_ = std::move(attachment);
}

void ConnectedPeer::Opened(const std::string& name, const HelloMessage& hello) {
  if (name_.empty()) {
    name_ = name;
  }
  keeper_->Opened(shared_from_this(), hello);
}

void ConnectedPeer::Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request) {
  const std::shared_ptr<const Served> served = services_->Method(call->method());
  const bool subscribes = served == nullptr
                              ? services_->hub() != nullptr && call->method() == kSubscribeToTopic
                              : served->entry->topic != nullptr;
  if (subscribes) {
    Subscribe(call, request, served);
    return;
  }
  if (served == nullptr) {
    call->Refuse(wire_code::kUnimplemented,
                 "C-6: no method " + Printable(call->method()) + " here");
    return;
  }
  const ServiceDefinition::Entry* const entry = served->entry;
  if (ServerStreams(entry->shape) && !call->MayStream()) {
    call->Refuse(wire_code::kUnimplemented,
                 "H-3: " + call->method() + " streams, which is above the level agreed");
    return;
  }
  if (call->open() != ClientStreams(entry->shape) || entry->shape == Shape::kOneWay) {
    call->Refuse(wire_code::kUnimplemented,
                 "C-6: " + call->method() + " is of another shape than it was called with");
    return;
  }
  std::string whole = request.payload.size() < kLongRequest ? std::string() : call->TakeWhole();
  if (whole.empty()) {
    if (const auto serving = Parse(call, request.payload, served)) {
      serving->Start();
    }
    return;
  }
  const auto ticket =
      services_->workers().Submit([self = shared_from_this(), call, served,
                                   whole = std::make_shared<std::string>(std::move(whole))] {
        self->ServeLong(call, std::move(*whole), served);
      });
  if (!ticket.has_value()) {
    call->Refuse(wire_code::kUnavailable, ServedCall::kTooMany);
    return;
  }
  call->OnStop([workers = &services_->workers(), ticket = *ticket] { workers->Withdraw(ticket); });
}

void ConnectedPeer::Subscribe(const std::shared_ptr<IncomingCall>& call, const Envelope& request,
                              const std::shared_ptr<const Served>& served) {
  if (!call->MayStream()) {
    call->Refuse(wire_code::kUnimplemented,
                 "H-3: " + call->method() + " streams, which is above the level agreed");
    return;
  }
  if (call->open()) {
    call->Refuse(wire_code::kUnimplemented,
                 "C-6: " + call->method() + " is of another shape than it was called with");
    return;
  }
  const auto subscribing = std::make_shared<TopicCall>(shared_from_this(), call, services_);
  if (served == nullptr) {
    subscribing->Begin(
        request.payload,
        [hub = services_->hub()](const std::shared_ptr<TopicCall>& made, std::string_view asked) {
          return hub->Enter(made, asked);
        });
    return;
  }
  subscribing->Begin(request.payload,
                     [&served](const std::shared_ptr<TopicCall>& made,
                               std::string_view asked) -> std::function<void()> {
                       TopicBase& topic = served->entry->topic();
                       std::shared_ptr<const void> parsed = topic.ParseRequest(asked);
                       if (parsed == nullptr) {
                         throw RpcException(Code::kInvalidArgument,
                                            "C-10: the request of " + std::to_string(asked.size()) +
                                                " bytes does not parse");
                       }
                       topic.Add(made, std::move(parsed));
                       return [&topic, raw = made.get()] { topic.Remove(raw); };
                     });
}

void ConnectedPeer::Subscribed(const std::shared_ptr<TopicCall>& call) {
  std::lock_guard<std::mutex> lock(mutex_);
  subscriptions_.emplace(call.get(), call);
}

void ConnectedPeer::Unsubscribed(const TopicCall* call) {
  std::lock_guard<std::mutex> lock(mutex_);
  subscriptions_.erase(call);
}

void ConnectedPeer::Close(bool for_good) {
  connection_->Close(for_good);
  std::map<const TopicCall*, std::shared_ptr<TopicCall>> all;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    all = subscriptions_;
  }
  const Status why(Code::kUnavailable, "the connection is closing");
  for (const auto& [raw, call] : all) {
    call->End(ToMessage(why));
  }
  TellFollowers(why);
}

Follower::Connection ConnectedPeer::AsConnection() {
  const std::shared_ptr<ConnectedPeer> self = shared_from_this();
  return {self, [self] { return !self->IsOpen() || !self->connection_->TakesCalls(); },
          [self](const std::function<void(bool)>& told) {
            self->connection_->Ping([told](std::optional<std::int64_t> nanos,
                                           const StatusMessage&) { told(nanos.has_value()); });
          }};
}

std::function<void()> ConnectedPeer::Follow(std::shared_ptr<Follower> follower) {
  std::uint64_t number = 0;
  std::optional<Status> over;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    over = over_;
    if (!over.has_value()) {
      number = ++last_follower_;
      followers_.emplace(number, follower);
    }
  }
  if (over.has_value()) {
    follower->Over(*over);
    return [] {};
  }
  follower->Connected(AsConnection());
  return [held = weak_from_this(), number] {
    const std::shared_ptr<ConnectedPeer> self = held.lock();
    if (self != nullptr) {
      std::lock_guard<std::mutex> lock(self->mutex_);
      self->followers_.erase(number);
    }
  };
}

void ConnectedPeer::TellFollowers(const Status& why) {
  std::map<std::uint64_t, std::shared_ptr<Follower>> all;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    over_ = why;
    all.swap(followers_);
  }
  for (const auto& [number, follower] : all) {
    follower->Over(why);
  }
}

void ConnectedPeer::ServeLong(const std::shared_ptr<IncomingCall>& call, std::string request,
                              const std::shared_ptr<const Served>& served) {
  std::shared_ptr<ServedCall> serving;
  try {
    if (call->IsStopped()) {
      return;
    }
    serving = Parse(call, request, served);
    std::string().swap(request);  // The handler may run long.
  } catch (const std::bad_alloc&) {
    call->Refuse(wire_code::kResourceExhausted, "C-11: no memory for the request");
  }
  if (serving != nullptr) {
    serving->RunElsewhere();
  }
}

std::shared_ptr<ServedCall> ConnectedPeer::Parse(const std::shared_ptr<IncomingCall>& call,
                                                 std::string_view request,
                                                 const std::shared_ptr<const Served>& served) {
  const ServiceDefinition::Entry& entry = *served->entry;
  std::unique_ptr<ServiceDefinition::Invocation> invocation = entry.parse(request);
  if (invocation == nullptr) {
    call->Refuse(
        wire_code::kInvalidArgument,
        "C-10: the request of " + std::to_string(request.size()) + " bytes does not parse");
    return nullptr;
  }
  if (!services_->interceptors().empty()) {
    const AnyMethod method(call->method(), entry.shape, entry.idempotency);
    invocation = std::make_unique<InterceptedInvocation>(services_->interceptors(), method, entry,
                                                         request, std::move(invocation));
  }
  std::shared_ptr<ServedStreams> streams;
  if (entry.shape != Shape::kUnary) {
    streams = ServedStreams::Of(call, services_);
  }
  return std::make_shared<ServedCall>(shared_from_this(), call, std::move(invocation), services_,
                                      served, std::move(streams), ToMetadata(call->metadata()));
}

void ConnectedPeer::Event(const Envelope& event) {
  const std::shared_ptr<TopicHub>& hub = services_->hub();
  if (hub == nullptr || event.name != kPublishToTopic) {
    events_->Push(shared_from_this(), event);
  } else if (hub->Relay(event.payload, *this)) {
    connection_->EventConsumed(event.payload.size());
  } else {
    events_->Drop(*this, event.name, event.payload.size(),
                  "C-10: its " + std::to_string(event.payload.size()) + " bytes do not parse");
  }
}

void ConnectedPeer::Closed(const StatusMessage& why) {
  // Those that wait for another attempt end here, as the connection takes none any more.
  backoffs_->End();
  TellFollowers(ToStatus(why));
  keeper_->Closed(*this, why);
  keeper_.reset();
}

}  // namespace parley
