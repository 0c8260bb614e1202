#include "parley/wire/envelope.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_error.h"

namespace parley {

namespace {

[[noreturn]] void TooMuch(int code, const char* what, std::size_t got, const char* unit,
                          std::size_t limit) {
  throw WireError("F-7", code,
                  std::string(what) + " of " + std::to_string(got) + unit +
                      " is over the limit of " + std::to_string(limit));
}

// The same limits both ways; what differs is who is at fault.
void CheckLengths(const Envelope& envelope, int code) {
  if (envelope.name.size() > limits::kName) {
    TooMuch(code, "name", envelope.name.size(), " bytes", limits::kName);
  }
  if (envelope.sent_by.size() > limits::kSentBy) {
    TooMuch(code, "sent_by", envelope.sent_by.size(), " bytes", limits::kSentBy);
  }
  if (envelope.metadata.empty()) return;
  if (envelope.metadata.size() > limits::kMetadataEntries) {
    TooMuch(code, "metadata", envelope.metadata.size(), " entries", limits::kMetadataEntries);
  }
  std::size_t total = 0;
  for (const MetadataField& field : envelope.metadata) {
    if (field.key.size() > limits::kMetadataKey) {
      TooMuch(code, "metadata key", field.key.size(), " bytes", limits::kMetadataKey);
    }
    total += field.key.size() + field.value.size();
  }
  if (total > limits::kMetadata) {
    TooMuch(code, "metadata", total, " bytes", limits::kMetadata);
  }
}

void CheckText(const char* field, std::string_view text) {
  if (!IsUtf8(text)) {
    throw WireError("F-5", wire_code::kInvalidArgument,
                    std::string("field ") + field + " is not UTF-8");
  }
}

}  // namespace

std::string ToString(FrameType type) {
  static constexpr const char* kNames[] = {"UNSPECIFIED", "HELLO",    "REQUEST", "MESSAGE",
                                           "END",         "RESPONSE", "CANCEL",  "CREDIT",
                                           "EVENT",       "PING",     "PONG",    "GOAWAY"};
  if (type == FrameType::kUnspecified || IsKnown(type)) return kNames[static_cast<int>(type)];
  return "TYPE_" + std::to_string(static_cast<std::int32_t>(type));
}

void CheckReceived(const Envelope& envelope) {
  CheckLengths(envelope, wire_code::kInternal);
  if (envelope.type == FrameType::kUnspecified) {
    throw WireError("F-8", wire_code::kInternal, "a frame has type 0");
  }
  // What `more` means on a type of the future is not ours to judge: such a frame is ignored (F-8).
  if (!envelope.more || !IsKnown(envelope.type)) return;
  if (envelope.type != FrameType::kRequest && envelope.type != FrameType::kMessage &&
      envelope.type != FrameType::kResponse) {
    throw WireError("F-9", wire_code::kInternal,
                    ToString(envelope.type) + " " + std::to_string(envelope.id) + " has more");
  }
  if (envelope.payload.empty()) {
    throw WireError(
        "F-9", wire_code::kInternal,
        ToString(envelope.type) + " " + std::to_string(envelope.id) + " has more and no payload");
  }
}

void CheckSent(const Envelope& envelope) {
  CheckLengths(envelope, wire_code::kInvalidArgument);
  CheckText("name", envelope.name);
  CheckText("sent_by", envelope.sent_by);
  for (const MetadataField& field : envelope.metadata) {
    CheckText("metadata.key", field.key);
    if (field.key.empty()) {
      throw WireError("F-7", wire_code::kInvalidArgument, "a metadata key is empty");
    }
  }
}

}  // namespace parley
