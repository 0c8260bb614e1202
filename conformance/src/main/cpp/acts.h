#ifndef CONFORMANCE_ACTS_H_
#define CONFORMANCE_ACTS_H_

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages.h"
#include "rendezvous.h"
#include "tally.h"

namespace conformance {

/// What the requests of one streaming call have its handler do. For one thread, the handler's; what
/// it is made of outlives it.
class Acts {
 public:
  /// @param replies where `send` sends; null where the method answers once
  Acts(Rendezvous& rendezvous, parley::CallContext& context,
       parley::MessageSink<v1::StreamReply>* replies);

  /// Does what the one request says; how it wants to be answered.
  v1::Answer Play(const v1::StreamRequest& request);

  /// Does what the script and the requests say, one after the other.
  v1::Answer Play(parley::MessageStream<v1::StreamRequest>& requests);

  /// The requests that were read.
  const Tally& tally() const { return tally_; }

  /// How the last stream back ended, if there was one.
  const std::optional<v1::StreamBackResult>& streamed_back() const { return streamed_back_; }

 private:
  using ActList = google::protobuf::RepeatedPtrField<v1::Act>;

  /// The answer that one of the acts gives, if one does.
  std::optional<v1::Answer> Take(const v1::StreamRequest& request);
  std::optional<v1::Answer> Take(const ActList& acts, const std::string& failure);
  v1::Answer OrEnd(std::optional<v1::Answer> answer);
  void Fail(const parley::RpcException& failure);
  void Send(const v1::Replies& wanted);
  void StreamBack(const v1::StreamBack& back);
  v1::StreamReply Next();

  Rendezvous& rendezvous_;
  parley::CallContext& context_;
  parley::MessageSink<v1::StreamReply>* const replies_;
  const std::shared_ptr<std::atomic<bool>> cancelled_;
  ActList at_end_;
  ActList if_failed_;
  Tally tally_;
  std::uint64_t sent_ = 0;
  std::optional<v1::StreamBackResult> streamed_back_;
};

}  // namespace conformance

#endif  // CONFORMANCE_ACTS_H_
