#include "rpc/publication.h"

#include "parley/wire/wire_error.h"
#include "wire/proto_reader.h"
#include "wire/proto_writer.h"

namespace parley {
namespace {

constexpr int kTopic = 1;
constexpr int kPayload = 2;

}  // namespace

std::string Publication::Encode() const {
  std::string bytes(proto::BytesSize(topic) + proto::BytesSize(payload), '\0');
  proto::WriteBytes(kPayload, payload, proto::WriteBytes(kTopic, topic, &bytes[0]));
  return bytes;
}

std::optional<Publication> Publication::Decode(std::string_view bytes) {
  Publication publication;
  try {
    ProtoReader reader(bytes);
    for (std::uint32_t tag = reader.Next(); tag != 0; tag = reader.Next()) {
      switch (tag) {
        case ProtoReader::Tag(kTopic, ProtoReader::kBytes):
          publication.topic = reader.Text("topic");
          break;
        case ProtoReader::Tag(kPayload, ProtoReader::kBytes):
          publication.payload = reader.Bytes();
          break;
        default:
          reader.Skip(tag);
      }
    }
  } catch (const WireError&) {
    return std::nullopt;
  }
  return publication;
}

}  // namespace parley
