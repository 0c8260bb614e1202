#ifndef PARLEY_RPC_STATUS_H_
#define PARLEY_RPC_STATUS_H_

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "parley/connection/outgoing_message.h"
#include "parley/rpc/code.h"
#include "parley/rpc/message_traits.h"
#include "parley/wire/messages.h"

namespace parley {

/// Why a call failed, as it crosses the wire: a code, a text, and details of any type.
///
/// The text is for people and reaches the peer: write nothing into it that the peer should not
/// know.
class Status {
 public:
  Status(Code code, std::string message) : Status(static_cast<int>(code), std::move(message), {}) {}

  /// A status as read from the wire, its number kept even where it names no Code.
  static Status OfNumber(int number, std::string message, std::vector<AnyMessage> details) {
    return Status(number, std::move(message), std::move(details));
  }

  /// This status with `details` in place of its own.
  Status WithDetails(std::vector<AnyMessage> details) const {
    return Status(number_, message_, std::move(details));
  }

  /// This status and one detail more.
  /// @throws std::invalid_argument when the message cannot be written
  template <typename M>
  Status WithDetail(const M& detail) const {
    const OutgoingMessage message = Outgoing(detail);
    std::string bytes(message.size, '\0');
    if (!message.WriteTo(bytes.data())) {
      throw std::invalid_argument("a detail of " + MessageTraits<M>::TypeName() +
                                  " cannot be written");
    }
    std::vector<AnyMessage> more = details_;
    more.push_back({"type.googleapis.com/" + MessageTraits<M>::TypeName(), std::move(bytes)});
    return WithDetails(std::move(more));
  }

  /// The first detail of a type that can be read; the others are passed over.
  template <typename M>
  std::optional<M> Detail() const {
    for (const AnyMessage& detail : details_) {
      M message;
      if (Holds<M>(detail) && MessageTraits<M>::Parse(detail.value, &message)) {
        return message;
      }
    }
    return std::nullopt;
  }

  /// The details of a type that can be read, in order.
  template <typename M>
  std::vector<M> Details() const {
    std::vector<M> found;
    for (const AnyMessage& detail : details_) {
      M message;
      if (Holds<M>(detail) && MessageTraits<M>::Parse(detail.value, &message)) {
        found.push_back(std::move(message));
      }
    }
    return found;
  }

  Code code() const { return CodeOf(number_); }

  /// The number on the wire: that of code(), unless the peer sent one that names no code.
  int number() const { return number_; }

  const std::string& message() const { return message_; }
  /// Messages of any type, as `google.protobuf.Any` holds them.
  const std::vector<AnyMessage>& details() const { return details_; }

  /// Code and text for people, such as `NOT_FOUND: no such user`.
  std::string ToString() const {
    std::string text = CodeName(code());
    if (static_cast<int>(code()) != number_) {
      text += "(" + std::to_string(number_) + ")";
    }
    return text + ": " + message_;
  }

 private:
  Status(int number, std::string message, std::vector<AnyMessage> details)
      : number_(number), message_(std::move(message)), details_(std::move(details)) {}

  /// Whether its type, the part behind the last slash, is M.
  template <typename M>
  static bool Holds(const AnyMessage& detail) {
    const std::size_t slash = detail.type_url.rfind('/');
    return slash != std::string::npos &&
           detail.type_url.compare(slash + 1, std::string::npos, MessageTraits<M>::TypeName()) == 0;
  }

  int number_;
  std::string message_;
  std::vector<AnyMessage> details_;
};

}  // namespace parley

#endif  // PARLEY_RPC_STATUS_H_
