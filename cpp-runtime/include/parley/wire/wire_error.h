#ifndef PARLEY_WIRE_WIRE_ERROR_H_
#define PARLEY_WIRE_WIRE_ERROR_H_

#include <stdexcept>
#include <string>

#include "parley/export.h"

namespace parley {

/// A breach of a wire rule. The text begins with the rule: `F-2: frame of 0 bytes`.
///
/// `code()` is the number of the status that the connection closes with, or that the local call
/// fails with when it was our own frame.
class PARLEY_EXPORT WireError : public std::runtime_error {
 public:
  WireError(const char* rule, int code, const std::string& text);
  ~WireError() override;

  /// The number of the rule, such as `F-2`.
  const std::string& rule() const noexcept { return rule_; }
  int code() const noexcept { return code_; }

 private:
  std::string rule_;
  int code_;
};

/// Status codes that the wire rules name, as numbers. The user's enum is in a rung above.
namespace wire_code {
inline constexpr int kUnknown = 2;
inline constexpr int kInvalidArgument = 3;
inline constexpr int kDeadlineExceeded = 4;
inline constexpr int kPermissionDenied = 7;
inline constexpr int kResourceExhausted = 8;
inline constexpr int kFailedPrecondition = 9;
inline constexpr int kUnimplemented = 12;
inline constexpr int kInternal = 13;
inline constexpr int kUnavailable = 14;
}  // namespace wire_code

}  // namespace parley

#endif  // PARLEY_WIRE_WIRE_ERROR_H_
