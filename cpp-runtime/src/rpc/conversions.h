#ifndef PARLEY_RPC_CONVERSIONS_H_
#define PARLEY_RPC_CONVERSIONS_H_

#include <vector>

#include "parley/rpc/metadata.h"
#include "parley/rpc/status.h"
#include "parley/wire/envelope.h"
#include "parley/wire/messages.h"

namespace parley {

/// The status as the user sees it.
inline Status ToStatus(const StatusMessage& message) {
  return Status::OfNumber(message.code, message.message, message.details);
}

/// The status as the wire carries it. Never with `not_run`: that is for the runtime alone to say
/// (C-10). A number that is no code goes as UNKNOWN.
inline StatusMessage ToMessage(const Status& status) {
  StatusMessage message;
  message.code = static_cast<std::int32_t>(status.code());
  message.message = status.message();
  message.details = status.details();
  return message;
}

/// Views of the pairs; they live as long as `metadata`.
inline std::vector<MetadataField> ToFields(const Metadata& metadata) {
  std::vector<MetadataField> fields;
  fields.reserve(metadata.entries().size());
  for (const Metadata::Entry& entry : metadata.entries()) {
    fields.push_back({entry.key, entry.value});
  }
  return fields;
}

/// A copy of the pairs.
inline Metadata ToMetadata(const std::vector<MetadataField>& fields) {
  Metadata metadata;
  for (const MetadataField& field : fields) {
    metadata.Add(std::string(field.key), std::string(field.value));
  }
  return metadata;
}

}  // namespace parley

#endif  // PARLEY_RPC_CONVERSIONS_H_
