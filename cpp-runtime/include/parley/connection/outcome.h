#ifndef PARLEY_CONNECTION_OUTCOME_H_
#define PARLEY_CONNECTION_OUTCOME_H_

namespace parley {

/// What is known, when a call fails, of whether its handler ran.
enum class Outcome {
  /// The peer's answer arrived whole: the handler ran and failed, or the peer said why it would
  /// not.
  kReplied,
  /// No byte of the request reached the kernel.
  kNotSent,
  /// The peer says that the handler did not run and will not.
  kRejected,
  /// The request was sent and no answer came: the handler ran once or not at all.
  kUnknown,
};

/// The outcome's name as the specification writes it, such as `NOT_SENT`.
constexpr const char* OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kReplied:
      return "REPLIED";
    case Outcome::kNotSent:
      return "NOT_SENT";
    case Outcome::kRejected:
      return "REJECTED";
    case Outcome::kUnknown:
      return "UNKNOWN";
  }
  return "UNKNOWN";
}

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTCOME_H_
