#ifndef CONFORMANCE_MESSAGES_H_
#define CONFORMANCE_MESSAGES_H_

#include <google/protobuf/repeated_field.h>
#include <parley/parley.h>

#include <string>
#include <string_view>

#include "line.h"
#include "parley/conformance/v1/conformance.parley.h"

namespace conformance {

namespace v1 = parley::conformance::v1;

using Pairs = google::protobuf::RepeatedPtrField<v1::Pair>;

parley::Metadata ToMetadata(const Pairs& pairs);
/// From the form that it has in a line.
parley::Metadata ToMetadata(const std::string& text);
void ToPairs(const parley::Metadata& metadata, Pairs* pairs);

/// In the form that a line has.
std::string ToText(const parley::Metadata& metadata);
std::string ToText(const std::vector<parley::AnyMessage>& details);

/// A failure that the runtime reported, as a line tells it.
Line Failed(const parley::RpcException& failure);
/// How a call ended, as a line tells it.
Line Replied(const std::string& reply, const parley::Metadata& metadata);
Line FailedCall(const parley::RpcException& failure, const parley::Metadata& metadata);

/// @throws std::invalid_argument when the bytes do not parse
template <typename M>
M Parse(const std::string& bytes) {
  M message;
  if (!message.ParseFromString(bytes)) {
    throw std::invalid_argument("the payload does not parse");
  }
  return message;
}

/// The key of the metadata that holds what a handler does before it reads.
inline constexpr char kScript[] = "script";

/// What a handler saw of its call.
void See(std::size_t padding_size, parley::CallContext& context, v1::Saw* saw);

/// So many bytes, of which number i is i modulo 251.
std::string Pattern(std::size_t size);

/// Sends an event with that payload.
void SendEvent(parley::Peer& peer, const std::string& name, const std::string& payload,
               const parley::Metadata& metadata);

/// Sends a note by a one-way method, one that the service does not have included.
void SendOneWay(parley::Caller& caller, const std::string& method, const std::string& payload,
                const parley::Metadata& metadata);

}  // namespace conformance

#endif  // CONFORMANCE_MESSAGES_H_
