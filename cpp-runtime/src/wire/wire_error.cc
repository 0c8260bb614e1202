#include "parley/wire/wire_error.h"

namespace parley {

WireError::WireError(const char* rule, int code, const std::string& text)
    : std::runtime_error(std::string(rule) + ": " + text), rule_(rule), code_(code) {}

// Defined here, so that the type has one home in a shared build.
WireError::~WireError() = default;

}  // namespace parley
