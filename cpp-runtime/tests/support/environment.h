#ifndef PARLEY_TESTS_SUPPORT_ENVIRONMENT_H_
#define PARLEY_TESTS_SUPPORT_ENVIRONMENT_H_

#include <stdlib.h>

#include <optional>
#include <string>

namespace parley {

/// A variable of the environment with another value for a while.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~ScopedVariable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_ENVIRONMENT_H_
