#ifndef PARLEY_RPC_SERVED_CALL_H_
#define PARLEY_RPC_SERVED_CALL_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "connection/incoming_call.h"
#include "parley/connection/job.h"
#include "parley/rpc/call_context.h"
#include "parley/rpc/service_definition.h"
#include "rpc/served_streams.h"
#include "rpc/services.h"

namespace parley {

/// One call of a peer while it is served: runs the handler and gives its one answer. Held by its
/// task, and by the tasks that it has wrapped.
class ServedCall final : public CallContext,
                         public Job,
                         public std::enable_shared_from_this<ServedCall> {
 public:
  ServedCall(std::shared_ptr<Peer> peer, std::shared_ptr<IncomingCall> call,
             std::unique_ptr<ServiceDefinition::Invocation> invocation,
             std::shared_ptr<const Services> services, std::shared_ptr<const Served> served,
             std::shared_ptr<ServedStreams> streams, Metadata metadata);

  /// Has the handler run: on this thread, which reads, behind what is being read, or elsewhere.
  void Start();

  /// What a loop does: runs the handler as Serve does, and counts it.
  void Run() override;
  void Overran() override { shortness_.Overran(); }

  Peer& peer() override { return *peer_; }
  std::string_view method() const override { return call_->method(); }
  const Metadata& metadata() const override { return metadata_; }
  void SetReplyMetadata(Metadata metadata) override;
  std::optional<std::chrono::nanoseconds> Remaining() const override;
  bool IsCancelled() const override { return call_->IsStopped(); }
  void OnCancel(std::function<void()> listener) override;
  void AwaitCancel() override;
  std::function<void()> Wrap(std::function<void()> task) override;

  /// Runs the handler, unless the call was stopped before; by a thread that does not read. Throws
  /// nothing.
  void RunElsewhere();

  /// Why a request is refused that would be one too many.
  static constexpr const char* kTooMany = "C-5: as many handlers run as this side allows";

 private:
  /// Runs the handler, unless the call was stopped before. Throws nothing.
  void Serve();
  Metadata TakeReplyMetadata();
  /// Answers with success.
  void Answer(const OutgoingMessage& reply);
  /// Answers INTERNAL with an error id, under which `what` stands in this side's log.
  std::string FailInternally(const char* what);
  /// The handler found no memory: its connection gives back what it holds, and the process lives.
  void FailForMemory();
  /// The handler has returned, or the call was cancelled: nobody waits for that any more.
  void Over();

  const std::shared_ptr<Peer> peer_;
  const std::shared_ptr<IncomingCall> call_;
  const std::unique_ptr<ServiceDefinition::Invocation> invocation_;
  const std::shared_ptr<const Services> services_;
  const std::shared_ptr<const Served> served_;
  Shortness& shortness_;
  /// Null for a unary call.
  const std::shared_ptr<ServedStreams> streamed_;
  const ServiceDefinition::Streams streams_;
  const Metadata metadata_;

  std::mutex mutex_;
  std::condition_variable over_changed_;
  bool over_ = false;
  Metadata reply_metadata_;
};

/// Checks metadata against F-7.
/// @throws std::invalid_argument
void CheckMetadata(const Metadata& metadata);

}  // namespace parley

#endif  // PARLEY_RPC_SERVED_CALL_H_
