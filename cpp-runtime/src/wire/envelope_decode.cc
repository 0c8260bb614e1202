#include "parley/wire/envelope.h"
#include "parley/wire/limits.h"
#include "wire/proto_reader.h"

namespace parley {

namespace {

MetadataField DecodeMetadata(std::string_view bytes) {
  MetadataField field;
  ProtoReader reader(bytes);
  while (const std::uint32_t tag = reader.Next()) {
    switch (tag) {
      case ProtoReader::Tag(1, ProtoReader::kBytes):
        field.key = reader.Text("metadata.key");
        break;
      case ProtoReader::Tag(2, ProtoReader::kBytes):
        field.value = reader.Bytes();
        break;
      default:
        reader.Skip(tag);
    }
  }
  return field;
}

}  // namespace

void Envelope::Clear() {
  id = 0;
  sent_by = {};
  type = FrameType::kUnspecified;
  success = false;
  name = {};
  timeout_us = 0;
  open = false;
  more = false;
  credit = 0;
  fds = 0;
  metadata.clear();
  missed = 0;
  payload = {};
}

void DecodeEnvelope(std::string_view bytes, Envelope& envelope) {
  envelope.Clear();
  ProtoReader reader(bytes);
  // A known number with another wire type is skipped as an unknown field (F-6): the tag has both.
  while (const std::uint32_t tag = reader.Next()) {
    switch (tag) {
      case ProtoReader::Tag(1, ProtoReader::kVarint):
        envelope.id = reader.Varint();
        break;
      case ProtoReader::Tag(2, ProtoReader::kBytes):
        envelope.sent_by = reader.Text("sent_by");
        break;
      case ProtoReader::Tag(3, ProtoReader::kVarint):
        envelope.type =
            static_cast<FrameType>(static_cast<std::int32_t>(reader.Varint() & 0xffffffffu));
        break;
      case ProtoReader::Tag(4, ProtoReader::kVarint):
        envelope.success = reader.Varint() != 0;
        break;
      case ProtoReader::Tag(5, ProtoReader::kBytes):
        envelope.name = reader.Text("name");
        break;
      case ProtoReader::Tag(6, ProtoReader::kVarint):
        envelope.timeout_us = reader.Varint();
        break;
      case ProtoReader::Tag(7, ProtoReader::kVarint):
        envelope.open = reader.Varint() != 0;
        break;
      case ProtoReader::Tag(8, ProtoReader::kVarint):
        envelope.more = reader.Varint() != 0;
        break;
      case ProtoReader::Tag(9, ProtoReader::kVarint):
        envelope.credit = reader.Varint();
        break;
      case ProtoReader::Tag(10, ProtoReader::kVarint):
        envelope.fds = static_cast<std::uint32_t>(reader.Varint());
        break;
      case ProtoReader::Tag(11, ProtoReader::kBytes):
        // Two bytes on the wire make an entry of thirty-two here: no more are kept than show that
        // there are too many (F-7).
        if (const MetadataField field = DecodeMetadata(reader.Bytes());
            envelope.metadata.size() <= limits::kMetadataEntries) {
          envelope.metadata.push_back(field);
        }
        break;
      case ProtoReader::Tag(12, ProtoReader::kVarint):
        envelope.missed = reader.Varint();
        break;
      case ProtoReader::Tag(15, ProtoReader::kBytes):
        envelope.payload = reader.Bytes();
        break;
      default:
        reader.Skip(tag);
    }
  }
}

}  // namespace parley
