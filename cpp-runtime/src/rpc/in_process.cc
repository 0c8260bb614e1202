#include "parley/rpc/in_process.h"

#include <utility>

#include "connection/fault.h"
#include "connection/shared_loop.h"
#include "connection/workers.h"
#include "parley/transport/link.h"
#include "rpc/doorstep.h"

namespace parley {
namespace {

// How many handlers may run or wait to run at once.
constexpr std::size_t kMaxHandlers = 1024;

}  // namespace

struct InProcess::State {
  std::shared_ptr<SharedLoop> loop = SharedLoop::Get();
  std::shared_ptr<Workers> workers = std::make_shared<Workers>(kMaxHandlers);
  std::shared_ptr<ConnectedPeer> served;
  std::shared_ptr<ConnectedPeer> peer;

  std::shared_ptr<ConnectedPeer> Hold(Side side, std::unique_ptr<Link> link,
                                      std::shared_ptr<const Services> services,
                                      std::shared_ptr<PeerKeeper> keeper) {
    Settings settings;
    settings.name = "in-process";
    const int descriptor = link->descriptor();
    std::shared_ptr<ConnectedPeer> held = ConnectedPeer::Of(
        side, std::move(link), std::move(settings), loop->loop(), std::move(services),
        std::make_shared<const Calling>(), std::move(keeper), "in-process", "in-process");
    loop->loop()->Hold(held->shared_connection(), descriptor);
    return held;
  }
};

InProcess::InProcess(std::vector<ServiceDefinition> services, std::vector<EventDefinition> events)
    : state_(new State()) {
  const auto served =
      std::make_shared<const Services>(std::move(services), std::move(events), state_->workers);
  const auto nothing = std::make_shared<const Services>(
      std::vector<ServiceDefinition>(), std::vector<EventDefinition>(), state_->workers);
  auto [near, far] = SocketLink::Pair();
  const auto doorstep = std::make_shared<Doorstep>();
  state_->served =
      state_->Hold(Side::kAccepting, std::move(far), served, std::make_shared<Doorstep>());
  state_->peer = state_->Hold(Side::kConnecting, std::move(near), nothing, doorstep);
  doorstep->Await();
}

InProcess::~InProcess() {
  const StatusMessage why =
      Fault(wire_code::kUnavailable, "the connection was closed by this side");
  for (const std::shared_ptr<ConnectedPeer>& peer : {state_->peer, state_->served}) {
    peer->connection().Abort(why);
    peer->connection().AwaitEnded();
  }
  state_->workers->Stop();
}

void InProcess::StartCall(std::shared_ptr<ClientCall> call) {
  state_->peer->StartCall(std::move(call));
}
std::function<void()> InProcess::Follow(std::shared_ptr<Follower> follower) {
  return state_->peer->Follow(std::move(follower));
}
std::string InProcess::name() const { return state_->peer->name(); }
std::uint64_t InProcess::id() const { return state_->peer->id(); }
std::any InProcess::attachment() const { return state_->peer->attachment(); }
void InProcess::Attach(std::any attachment) { state_->peer->Attach(std::move(attachment)); }
Credentials InProcess::credentials() const { return state_->peer->credentials(); }
bool InProcess::IsOpen() const { return state_->peer->IsOpen(); }
std::future<std::chrono::nanoseconds> InProcess::Ping() { return state_->peer->Ping(); }

void InProcess::QueueEvent(std::string_view name, const OutgoingMessage& event,
                           const Metadata& metadata) {
  state_->peer->QueueEvent(name, event, metadata);
}

}  // namespace parley
