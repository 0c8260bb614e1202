#ifndef PARLEY_RPC_MESSAGE_BYTES_H_
#define PARLEY_RPC_MESSAGE_BYTES_H_

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "parley/rpc/message_traits.h"

namespace parley {

/// A message as its bytes: for whoever passes messages on without knowing their types.
///
///     const parley::Method<MessageBytes, MessageBytes> method(name, shape, idempotency);
///     const MessageBytes reply = caller.Call(method, MessageBytes(request_bytes));
struct MessageBytes {
  MessageBytes() = default;
  explicit MessageBytes(std::string content) : bytes(std::move(content)) {}

  std::string bytes;
};

template <>
struct MessageTraits<MessageBytes> {
  static std::size_t Size(const MessageBytes& message) { return message.bytes.size(); }

  static bool Write(const MessageBytes& message, char* out, std::size_t size) {
    std::memcpy(out, message.bytes.data(), size);
    return true;
  }

  static bool Parse(std::string_view bytes, MessageBytes* message) {
    message->bytes.assign(bytes);
    return true;
  }
};

}  // namespace parley

#endif  // PARLEY_RPC_MESSAGE_BYTES_H_
