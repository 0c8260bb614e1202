#include "messages.h"

#include "line.h"

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
