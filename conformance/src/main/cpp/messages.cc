#include "messages.h"

#include <chrono>

namespace conformance {

parley::Metadata ToMetadata(const Pairs& pairs) {
  parley::Metadata metadata;
  for (const v1::Pair& pair : pairs) {
    metadata.Add(pair.key(), pair.value());
  }
  return metadata;
}

parley::Metadata ToMetadata(const std::string& text) {
  parley::Metadata metadata;
  for (const std::string& pair : Split(text, ',')) {
    const std::size_t colon = pair.find(':');
    metadata.Add(FromHex(pair.substr(0, colon)), FromHex(pair.substr(colon + 1)));
  }
  return metadata;
}

void ToPairs(const parley::Metadata& metadata, Pairs* pairs) {
  for (const parley::Metadata::Entry& entry : metadata.entries()) {
    v1::Pair* pair = pairs->Add();
    pair->set_key(entry.key);
    pair->set_value(entry.value);
  }
}

std::string ToText(const parley::Metadata& metadata) {
  std::string text;
  for (const parley::Metadata::Entry& entry : metadata.entries()) {
    text += (text.empty() ? "" : ",") + ToHex(entry.key) + ':' + ToHex(entry.value);
  }
  return text;
}

std::string ToText(const std::vector<parley::AnyMessage>& details) {
  std::string text;
  for (const parley::AnyMessage& detail : details) {
    text += (text.empty() ? "" : ",") + ToHex(detail.type_url) + ':' + ToHex(detail.value);
  }
  return text;
}

Line Failed(const parley::RpcException& failure) {
  return Line("failed")
      .With("code", parley::CodeName(failure.code()))
      .With("outcome", parley::OutcomeName(failure.outcome()))
      .WithBytes("message", failure.status().message());
}

Line Replied(const std::string& reply, const parley::Metadata& metadata) {
  return Line("result")
      .WithBytes("payload", reply)
      .With("code", "OK")
      .With("outcome", "REPLIED")
      .With("metadata", ToText(metadata));
}

Line FailedCall(const parley::RpcException& failure, const parley::Metadata& metadata) {
  const parley::Status& status = failure.status();
  return Line("result")
      .With("code", parley::CodeName(failure.code()))
      .With("outcome", parley::OutcomeName(failure.outcome()))
      .With("number", std::to_string(status.number()))
      .WithBytes("message", status.message())
      .With("details", ToText(status.details()))
      .With("metadata", ToText(metadata));
}

void See(std::size_t padding_size, parley::CallContext& context, v1::Saw* saw) {
  for (const parley::Metadata::Entry& entry : context.metadata().entries()) {
    if (entry.key != kScript) {
      v1::Pair* pair = saw->add_metadata();
      pair->set_key(entry.key);
      pair->set_value(entry.value);
    }
  }
  if (const auto remaining = context.Remaining()) {
    saw->set_timeout(true);
    saw->set_remaining_us(static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(*remaining).count()));
  }
  saw->set_peer_name(context.peer().name());
  saw->set_peer_uid(context.peer().credentials().uid);
  saw->set_padding_size(static_cast<std::uint32_t>(padding_size));
  saw->set_cancelled(context.IsCancelled());
}

std::string Pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i++) {
    bytes[i] = static_cast<char>(i % 251);
  }
  return bytes;
}

void SendEvent(parley::Peer& peer, const std::string& name, const std::string& payload,
               const parley::Metadata& metadata) {
  if (name == "note") {
    peer.SendEvent(name, Parse<v1::Note>(payload), metadata);
  } else {
    peer.SendEvent(name, Parse<v1::UnaryRequest>(payload), metadata);
  }
}

void SendOneWay(parley::Caller& caller, const std::string& method, const std::string& payload,
                const parley::Metadata& metadata) {
  const auto note = Parse<v1::Note>(payload);
  const parley::CallOptions options = parley::CallOptions().WithMetadata(metadata);
  if (method == v1::Conformance::kTell.full_name()) {
    v1::Conformance::Client(caller).Tell(note, options);
    return;
  }
  // Its name is used until Send returns.
  const parley::Method<v1::Note, google::protobuf::Empty> other(method, parley::Shape::kOneWay);
  caller.Send(other, note, options);
}

}  // namespace conformance
