#include "parley/wire/messages.h"

#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"
#include "wire/proto_reader.h"
#include "wire/proto_writer.h"

namespace parley {

namespace {

std::size_t AnySize(const AnyMessage& any) {
  return proto::BytesSize(any.type_url) + proto::BytesSize(any.value);
}

std::size_t StatusSize(const StatusMessage& status) {
  std::size_t size = proto::NumberSize(proto::Extended(status.code)) +
                     proto::BytesSize(status.message) + (status.not_run ? 2 : 0);
  for (const AnyMessage& any : status.details)
    size += proto::LengthSize(AnySize(any)) + AnySize(any);
  return size;
}

char* WriteStatus(const StatusMessage& status, char* out) {
  out = proto::WriteNumber(1, proto::Extended(status.code), out);
  out = proto::WriteBytes(2, status.message, out);
  for (const AnyMessage& any : status.details) {
    out = proto::WriteLength(3, AnySize(any), out);
    out = proto::WriteBytes(1, any.type_url, out);
    out = proto::WriteBytes(2, any.value, out);
  }
  return proto::WriteNumber(4, status.not_run, out);
}

AnyMessage ReadAny(std::string_view bytes) {
  AnyMessage any;
  ProtoReader reader(bytes);
  while (const std::uint32_t tag = reader.Next()) {
    switch (tag) {
      case ProtoReader::Tag(1, ProtoReader::kBytes):
        any.type_url = reader.Text("details.type_url");
        break;
      case ProtoReader::Tag(2, ProtoReader::kBytes):
        any.value = reader.Bytes();
        break;
      default:
        reader.Skip(tag);
    }
  }
  return any;
}

// Adds to what `status` has: a message field that comes twice is merged.
void ReadStatus(std::string_view bytes, StatusMessage& status) {
  ProtoReader reader(bytes);
  while (const std::uint32_t tag = reader.Next()) {
    switch (tag) {
      case ProtoReader::Tag(1, ProtoReader::kVarint):
        status.code = static_cast<std::int32_t>(reader.Varint() & 0xffffffffu);
        break;
      case ProtoReader::Tag(2, ProtoReader::kBytes):
        status.message = reader.Text("message");
        break;
      case ProtoReader::Tag(3, ProtoReader::kBytes):
        status.details.push_back(ReadAny(reader.Bytes()));
        break;
      case ProtoReader::Tag(4, ProtoReader::kVarint):
        status.not_run = reader.Varint() != 0;
        break;
      default:
        reader.Skip(tag);
    }
  }
}

StatusMessage Unreadable(const WireError& error) {
  StatusMessage status;
  status.code = wire_code::kUnknown;
  status.message = std::string("C-10: unreadable status: ") + error.what();
  return status;
}

}  // namespace

void HelloMessage::ApplyDefaults() {
  if (version == 0) version = limits::kVersion;
  if (min_version == 0) min_version = limits::kVersion;
  if (max_frame == 0) max_frame = limits::kDefaultMaxFrame;
  if (max_message == 0) max_message = limits::kDefaultMaxMessage;
  if (window == 0) window = limits::kDefaultWindow;
  if (max_calls == 0) max_calls = limits::kDefaultMaxCalls;
}

std::string Encode(const HelloMessage& hello) {
  const std::size_t size = proto::NumberSize(hello.version) + proto::NumberSize(hello.min_version) +
                           proto::NumberSize(hello.level) + proto::NumberSize(hello.features) +
                           proto::NumberSize(hello.max_frame) +
                           proto::NumberSize(hello.max_message) + proto::NumberSize(hello.window) +
                           proto::NumberSize(hello.max_calls) + proto::BytesSize(hello.payload);
  std::string bytes(size, '\0');
  char* out = bytes.data();
  out = proto::WriteNumber(1, hello.version, out);
  out = proto::WriteNumber(2, hello.min_version, out);
  out = proto::WriteNumber(3, hello.level, out);
  out = proto::WriteNumber(4, hello.features, out);
  out = proto::WriteNumber(5, hello.max_frame, out);
  out = proto::WriteNumber(6, hello.max_message, out);
  out = proto::WriteNumber(7, hello.window, out);
  out = proto::WriteNumber(8, hello.max_calls, out);
  proto::WriteBytes(9, hello.payload, out);
  return bytes;
}

std::string Encode(const StatusMessage& status) {
  std::string bytes(StatusSize(status), '\0');
  WriteStatus(status, bytes.data());
  return bytes;
}

std::string Encode(const GoAwayMessage& go_away) {
  const std::size_t inner = StatusSize(go_away.status);
  std::string bytes(
      (inner > 0 ? proto::LengthSize(inner) + inner : 0) + (go_away.no_return ? 2 : 0), '\0');
  char* out = bytes.data();
  if (inner > 0) out = WriteStatus(go_away.status, proto::WriteLength(1, inner, out));
  proto::WriteNumber(2, go_away.no_return, out);
  return bytes;
}

HelloMessage DecodeHello(std::string_view bytes) {
  HelloMessage hello;
  try {
    ProtoReader reader(bytes);
    while (const std::uint32_t tag = reader.Next()) {
      switch (tag) {
        case ProtoReader::Tag(1, ProtoReader::kVarint):
          hello.version = static_cast<std::uint32_t>(reader.Varint());
          break;
        case ProtoReader::Tag(2, ProtoReader::kVarint):
          hello.min_version = static_cast<std::uint32_t>(reader.Varint());
          break;
        case ProtoReader::Tag(3, ProtoReader::kVarint):
          hello.level = static_cast<std::uint32_t>(reader.Varint());
          break;
        case ProtoReader::Tag(4, ProtoReader::kVarint):
          hello.features = reader.Varint();
          break;
        case ProtoReader::Tag(5, ProtoReader::kVarint):
          hello.max_frame = static_cast<std::uint32_t>(reader.Varint());
          break;
        case ProtoReader::Tag(6, ProtoReader::kVarint):
          hello.max_message = reader.Varint();
          break;
        case ProtoReader::Tag(7, ProtoReader::kVarint):
          hello.window = reader.Varint();
          break;
        case ProtoReader::Tag(8, ProtoReader::kVarint):
          hello.max_calls = static_cast<std::uint32_t>(reader.Varint());
          break;
        case ProtoReader::Tag(9, ProtoReader::kBytes):
          hello.payload = reader.Bytes();
          break;
        default:
          reader.Skip(tag);
      }
    }
  } catch (const WireError& error) {
    throw WireError("H-2", wire_code::kInternal, std::string("unreadable HELLO: ") + error.what());
  }
  hello.ApplyDefaults();
  if (hello.min_version > hello.version || hello.min_version > limits::kVersion) {
    throw WireError("H-2", wire_code::kFailedPrecondition,
                    "no common version: the peer speaks " + std::to_string(hello.min_version) +
                        " to " + std::to_string(hello.version) + ", this side " +
                        std::to_string(limits::kVersion));
  }
  if (hello.max_frame < limits::kLeastMaxFrame) {
    throw WireError("H-2", wire_code::kInternal,
                    "max_frame of " + std::to_string(hello.max_frame) + " is below the least, " +
                        std::to_string(limits::kLeastMaxFrame));
  }
  if (hello.payload.size() > limits::kHelloPayload) {
    throw WireError("H-2", wire_code::kInternal,
                    "HELLO payload of " + std::to_string(hello.payload.size()) +
                        " bytes is over the limit of " + std::to_string(limits::kHelloPayload));
  }
  return hello;
}

bool DecodeStatus(std::string_view bytes, StatusMessage& status) {
  status = StatusMessage();
  try {
    ReadStatus(bytes, status);
    return true;
  } catch (const WireError& error) {
    status = Unreadable(error);
    return false;
  }
}

bool DecodeGoAway(std::string_view bytes, GoAwayMessage& go_away) {
  go_away = GoAwayMessage();
  try {
    ProtoReader reader(bytes);
    while (const std::uint32_t tag = reader.Next()) {
      switch (tag) {
        case ProtoReader::Tag(1, ProtoReader::kBytes):
          ReadStatus(reader.Bytes(), go_away.status);
          break;
        case ProtoReader::Tag(2, ProtoReader::kVarint):
          go_away.no_return = reader.Varint() != 0;
          break;
        default:
          reader.Skip(tag);
      }
    }
    return true;
  } catch (const WireError& error) {
    go_away = GoAwayMessage();
    go_away.status = Unreadable(error);
    return false;
  }
}

}  // namespace parley
