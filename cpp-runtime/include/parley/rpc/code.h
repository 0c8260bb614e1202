#ifndef PARLEY_RPC_CODE_H_
#define PARLEY_RPC_CODE_H_

namespace parley {

/// Why a call failed: the sixteen codes of gRPC and Connect, with their numbers.
///
/// Success is not among them: a call that succeeds gives its reply.
enum class Code : int {
  /// The caller took the call back.
  kCancelled = 1,
  /// An error of no known kind, also one whose number this side does not know.
  kUnknown = 2,
  /// The request is wrong whatever the state of the system.
  kInvalidArgument = 3,
  /// The time-out passed; the handler may have run all the same.
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  /// A limit was reached: a size, a window, a quota.
  kResourceExhausted = 8,
  /// The system is not in the state that the request needs; retrying alone does not help.
  kFailedPrecondition = 9,
  /// A conflict with something at the same time; retry at a higher level.
  kAborted = 10,
  kOutOfRange = 11,
  /// No such method here, or one of another shape.
  kUnimplemented = 12,
  /// A promise was broken: a bug on either side.
  kInternal = 13,
  /// The peer cannot be reached or takes no calls now; retrying may help.
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

/// The code with that number; `kUnknown` for a number outside 1 to 16.
constexpr Code CodeOf(int number) {
  return number >= 1 && number <= 16 ? static_cast<Code>(number) : Code::kUnknown;
}

/// The code's name as the specification writes it, such as `INVALID_ARGUMENT`.
constexpr const char* CodeName(Code code) {
  switch (code) {
    case Code::kCancelled:
      return "CANCELLED";
    case Code::kUnknown:
      return "UNKNOWN";
    case Code::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case Code::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case Code::kNotFound:
      return "NOT_FOUND";
    case Code::kAlreadyExists:
      return "ALREADY_EXISTS";
    case Code::kPermissionDenied:
      return "PERMISSION_DENIED";
    case Code::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case Code::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case Code::kAborted:
      return "ABORTED";
    case Code::kOutOfRange:
      return "OUT_OF_RANGE";
    case Code::kUnimplemented:
      return "UNIMPLEMENTED";
    case Code::kInternal:
      return "INTERNAL";
    case Code::kUnavailable:
      return "UNAVAILABLE";
    case Code::kDataLoss:
      return "DATA_LOSS";
    case Code::kUnauthenticated:
      return "UNAUTHENTICATED";
  }
  return "UNKNOWN";
}

}  // namespace parley

#endif  // PARLEY_RPC_CODE_H_
