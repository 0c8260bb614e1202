#ifndef CONFORMANCE_CONFORMANCE_SERVICE_H_
#define CONFORMANCE_CONFORMANCE_SERVICE_H_

#include "messages.h"
#include "rendezvous.h"

namespace conformance {

/// The service that answers as each request says. Safe for use by many threads; the rendezvous
/// outlives it.
class ConformanceService final : public v1::Conformance::Service {
 public:
  explicit ConformanceService(Rendezvous& rendezvous) : rendezvous_(rendezvous) {}

  /// Takes an event named `note`.
  void Note(const v1::Note& note);

  void Tell(const v1::Note& request, parley::EventContext& context) override;
  v1::NothingReply Nothing(const v1::NothingRequest& request,
                           parley::CallContext& context) override;
  v1::UnaryReply Unary(const v1::UnaryRequest& request, parley::CallContext& context) override;
  void ServerStream(const v1::StreamRequest& request, parley::MessageSink<v1::StreamReply>& replies,
                    parley::CallContext& context) override;
  v1::UnaryReply ClientStream(parley::MessageStream<v1::StreamRequest>& requests,
                              parley::CallContext& context) override;
  void Bidi(parley::MessageStream<v1::StreamRequest>& requests,
            parley::MessageSink<v1::StreamReply>& replies, parley::CallContext& context) override;

 private:
  void WaitAsAsked(const v1::UnaryRequest& request, parley::CallContext& context);
  void Answer(const v1::Answer& answer, std::size_t padding_size, parley::CallContext& context,
              v1::UnaryReply* reply);

  Rendezvous& rendezvous_;
};

}  // namespace conformance

#endif  // CONFORMANCE_CONFORMANCE_SERVICE_H_
