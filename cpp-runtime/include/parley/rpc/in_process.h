#ifndef PARLEY_RPC_IN_PROCESS_H_
#define PARLEY_RPC_IN_PROCESS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/export.h"
#include "parley/rpc/event_definition.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/service_definition.h"

namespace parley {

/// Services of this process as a Peer, without an address: for tests of what calls them.
///
/// A connection over a pair of sockets of this process, so that threads, time-outs, cancelling and
/// failures are those of a real one. Safe for use by many threads; to be destroyed by one, outside
/// of its handlers, which it waits for.
///
///     parley::InProcess peer({Greeter::Bind(service)});
///     HelloReply reply = Greeter::Client(peer).Hello(request);
class PARLEY_EXPORT InProcess final : public Peer {
 public:
  /// @throws std::invalid_argument if a name is served twice
  explicit InProcess(std::vector<ServiceDefinition> services,
                     std::vector<EventDefinition> events = {});
  ~InProcess() override;

  void StartCall(std::shared_ptr<ClientCall> call) override;
  std::function<void()> Follow(std::shared_ptr<Follower> follower) override;
  std::string name() const override;
  std::uint64_t id() const override;
  std::any attachment() const override;
  void Attach(std::any attachment) override;
  Credentials credentials() const override;
  bool IsOpen() const override;
  std::future<std::chrono::nanoseconds> Ping() override;

 private:
  struct State;

  void QueueEvent(std::string_view name, const OutgoingMessage& event,
                  const Metadata& metadata) override;

  const std::unique_ptr<State> state_;
};

}  // namespace parley

#endif  // PARLEY_RPC_IN_PROCESS_H_
