#ifndef PARLEY_WIRE_STATUS_H_
#define PARLEY_WIRE_STATUS_H_

#include <string>
#include <utility>
#include <vector>

#include "parley/wire/code.h"

namespace parley {

/// A message of any type that goes with a Status: the two fields of `google.protobuf.Any`.
struct Detail {
  std::string type_url;
  std::string value;

  bool operator==(const Detail& that) const {
    return type_url == that.type_url && value == that.value;
  }
};

/// Why a call failed, as it crosses the wire: a code, a text, and details of any type.
///
/// The text is for people and reaches the peer: write nothing into it that the peer should not
/// know.
class Status {
 public:
  Status(Code code, std::string message)
      : Status(static_cast<int>(code), std::move(message), {}) {}

  /// A status as read from the wire, its number kept even where it names no Code.
  static Status OfNumber(int number, std::string message, std::vector<Detail> details) {
    return Status(number, std::move(message), std::move(details));
  }

  /// This status with `details` in place of its own.
  Status WithDetails(std::vector<Detail> details) const {
    return Status(number_, message_, std::move(details));
  }

  Code code() const { return CodeOf(number_); }

  /// The number on the wire: that of code(), unless the peer sent one that names no code.
  int number() const { return number_; }

  const std::string& message() const { return message_; }
  const std::vector<Detail>& details() const { return details_; }

  /// Code and text for people, such as `NOT_FOUND: no such user`.
  std::string ToString() const {
    std::string text = CodeName(code());
    if (static_cast<int>(code()) != number_) {
      text += "(" + std::to_string(number_) + ")";
    }
    return text + ": " + message_;
  }

  bool operator==(const Status& that) const {
    return number_ == that.number_ && message_ == that.message_ && details_ == that.details_;
  }
  bool operator!=(const Status& that) const { return !(*this == that); }

 private:
  Status(int number, std::string message, std::vector<Detail> details)
      : number_(number), message_(std::move(message)), details_(std::move(details)) {}

  int number_;
  std::string message_;
  std::vector<Detail> details_;
};

}  // namespace parley

#endif  // PARLEY_WIRE_STATUS_H_
