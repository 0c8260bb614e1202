#ifndef PARLEY_RPC_MESSAGE_TRAITS_H_
#define PARLEY_RPC_MESSAGE_TRAITS_H_

#include <climits>
#include <cstddef>
#include <string>
#include <string_view>

#include "parley/connection/outgoing_message.h"

namespace parley {

/// How the runtime sees the messages of the user's protobuf: a type that can be default-made and
/// has `ByteSizeLong`, `SerializeToArray` and `ParseFromArray`; for the details of a Status also
/// `GetTypeName`. A type of another kind takes part through a specialisation.
template <typename M>
struct MessageTraits {
  static std::size_t Size(const M& message) { return message.ByteSizeLong(); }

  static bool Write(const M& message, char* out, std::size_t size) {
    return size <= INT_MAX && message.SerializeToArray(out, static_cast<int>(size));
  }

  static bool Parse(std::string_view bytes, M* message) {
    return bytes.size() <= INT_MAX &&
           message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }

  /// The type's full name, `demo.v1.Missing`.
  static std::string TypeName() { return std::string(M().GetTypeName()); }
};

/// `message` as the connection takes it.
template <typename M>
OutgoingMessage Outgoing(const M& message) {
  return {&message, MessageTraits<M>::Size(message),
          [](const void* erased, char* out, std::size_t size) {
            const M& typed = *static_cast<const M*>(erased);
            return MessageTraits<M>::Size(typed) == size &&
                   MessageTraits<M>::Write(typed, out, size);
          }};
}

}  // namespace parley

#endif  // PARLEY_RPC_MESSAGE_TRAITS_H_
