#include "rpc/untyped_name.h"

#include <stdexcept>

#include "parley/wire/limits.h"
#include "parley/wire/wire_log.h"

namespace parley {

std::string UntypedNameFault(std::string_view name) {
  if (name.empty() || name.size() > limits::kName) {
    return "U-1: a name is 1 to " + std::to_string(limits::kName) + " bytes, not " +
           std::to_string(name.size());
  }
  if (name.find('/') != std::string_view::npos || name.compare(0, 7, "parley.") == 0) {
    return "U-1: \"" + Printable(name) +
           "\" has a slash or begins with parley., as no such name may";
  }
  return {};
}

void CheckUntypedName(std::string_view name) {
  const std::string fault = UntypedNameFault(name);
  if (!fault.empty()) {
    throw std::invalid_argument(fault);
  }
}

}  // namespace parley
