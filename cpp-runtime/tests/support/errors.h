#ifndef PARLEY_TESTS_SUPPORT_ERRORS_H_
#define PARLEY_TESTS_SUPPORT_ERRORS_H_

#include <exception>
#include <string>

namespace parley {

/// The text of what `action` throws; "nothing was thrown" when it returns.
template <typename Action>
std::string ErrorOf(Action&& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_ERRORS_H_
