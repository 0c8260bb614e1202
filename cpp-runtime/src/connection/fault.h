#ifndef PARLEY_CONNECTION_FAULT_H_
#define PARLEY_CONNECTION_FAULT_H_

#include <string>

#include "parley/wire/messages.h"
#include "parley/wire/wire_error.h"

namespace parley {

/// A status that this side found out, as the wire carries it.
inline StatusMessage Fault(int code, std::string text) {
  StatusMessage status;
  status.code = code;
  status.message = std::move(text);
  return status;
}

/// The same, with the promise that the handler did not run and will not.
inline StatusMessage NotRun(int code, std::string text) {
  StatusMessage status = Fault(code, std::move(text));
  status.not_run = true;
  return status;
}

namespace wire_code {
inline constexpr int kCancelled = 1;
}  // namespace wire_code

}  // namespace parley

#endif  // PARLEY_CONNECTION_FAULT_H_
