#include "stream_back.h"

#include <chrono>

#include "tally.h"

namespace conformance {

namespace {

/// Whether it came to its end.
template <typename Stream>
bool Read(const v1::StreamBack& back, Stream& stream, Tally* tally) {
  v1::StreamReply reply;
  while (back.close_after() == 0 || tally->count() < back.close_after()) {
    if (!stream.Next(&reply)) {
      return true;
    }
    tally->Add(reply.SerializeAsString());
  }
  return false;
}

bool Play(const v1::StreamBack& back, parley::Peer& peer, const parley::CallOptions& options,
          Tally* tally, v1::StreamBackResult* result) {
  if (back.shape() == v1::CLIENT) {
    auto stream = peer.ClientStream(v1::Conformance::kClientStream, options);
    for (const v1::StreamRequest& request : back.requests()) {
      stream.Send(request);
    }
    *result->mutable_reply() = stream.Finish();
    tally->Add(result->reply().SerializeAsString());
    return true;
  }
  if (back.shape() == v1::BIDI) {
    auto stream = peer.BidiStream(v1::Conformance::kBidi, options);
    for (const v1::StreamRequest& request : back.requests()) {
      stream.Send(request);
    }
    stream.FinishSending();
    return Read(back, stream, tally);
  }
  auto stream = peer.ServerStream(v1::Conformance::kServerStream, back.requests(0), options);
  return Read(back, stream, tally);
}

}  // namespace

v1::StreamBackResult PlayStreamBack(const v1::StreamBack& back, parley::Peer& peer) {
  parley::CallOptions options;
  if (back.timeout_us() != 0) {
    options = options.WithTimeout(std::chrono::microseconds(back.timeout_us()));
  }
  Tally tally;
  v1::StreamBackResult result;
  try {
    if (Play(back, peer, options, &tally, &result)) {
      result.set_outcome(parley::OutcomeName(parley::Outcome::kReplied));
    }
  } catch (const parley::RpcException& failure) {
    result.set_outcome(parley::OutcomeName(failure.outcome()));
    result.set_code(failure.status().number());
  }
  tally.Tell(result.mutable_taken());
  return result;
}

}  // namespace conformance
