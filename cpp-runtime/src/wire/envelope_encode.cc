#include <cstring>

#include "parley/wire/envelope.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"
#include "wire/proto_writer.h"

namespace parley {

namespace {

std::size_t FieldsSize(const Envelope& envelope) {
  std::size_t size = proto::NumberSize(envelope.id) + proto::BytesSize(envelope.sent_by) +
                     proto::NumberSize(proto::Extended(static_cast<std::int32_t>(envelope.type))) +
                     (envelope.success ? 2 : 0) + proto::BytesSize(envelope.name) +
                     proto::NumberSize(envelope.timeout_us) + (envelope.open ? 2 : 0) +
                     (envelope.more ? 2 : 0) + proto::NumberSize(envelope.credit) +
                     proto::NumberSize(envelope.fds) + proto::NumberSize(envelope.missed);
  for (const MetadataField& field : envelope.metadata) {
    const std::size_t inner = proto::BytesSize(field.key) + proto::BytesSize(field.value);
    size += proto::LengthSize(inner) + inner;
  }
  return size;
}

std::size_t PayloadHeadSize(std::size_t payload_size) {
  return payload_size == 0 ? 0 : proto::LengthSize(payload_size);
}

}  // namespace

std::size_t HeadSize(const Envelope& envelope, std::size_t payload_size) {
  return limits::kFrameLength + FieldsSize(envelope) + PayloadHeadSize(payload_size);
}

char* WriteHead(const Envelope& envelope, std::size_t payload_size, char* out) {
  char* const start = out;
  out += limits::kFrameLength;
  out = proto::WriteNumber(1, envelope.id, out);
  out = proto::WriteBytes(2, envelope.sent_by, out);
  out = proto::WriteNumber(3, proto::Extended(static_cast<std::int32_t>(envelope.type)), out);
  out = proto::WriteNumber(4, envelope.success, out);
  out = proto::WriteBytes(5, envelope.name, out);
  out = proto::WriteNumber(6, envelope.timeout_us, out);
  out = proto::WriteNumber(7, envelope.open, out);
  out = proto::WriteNumber(8, envelope.more, out);
  out = proto::WriteNumber(9, envelope.credit, out);
  out = proto::WriteNumber(10, envelope.fds, out);
  for (const MetadataField& field : envelope.metadata) {
    out = proto::WriteLength(11, proto::BytesSize(field.key) + proto::BytesSize(field.value), out);
    out = proto::WriteBytes(1, field.key, out);
    out = proto::WriteBytes(2, field.value, out);
  }
  out = proto::WriteNumber(12, envelope.missed, out);
  if (payload_size > 0) out = proto::WriteLength(15, payload_size, out);
  const std::size_t length =
      static_cast<std::size_t>(out - start) - limits::kFrameLength + payload_size;
  if (length == 0 || length > 0xffffffffu) {
    throw WireError("F-2", wire_code::kResourceExhausted,
                    "a frame of " + std::to_string(length) + " bytes cannot be written");
  }
  for (int i = 0; i < 4; ++i) start[i] = static_cast<char>(length >> (8 * (3 - i)));
  return out;
}

void AppendFrame(const Envelope& envelope, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + HeadSize(envelope, envelope.payload.size()));
  try {
    WriteHead(envelope, envelope.payload.size(), &out[before]);
  } catch (...) {
    out.resize(before);
    throw;
  }
  out.append(envelope.payload);
}

}  // namespace parley
