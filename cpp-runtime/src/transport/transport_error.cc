#include "parley/transport/transport_error.h"

namespace parley {

TransportError::TransportError(Reason reason, const std::string& text, int error_number)
    : std::runtime_error(text), reason_(reason), error_number_(error_number) {}

TransportError::~TransportError() = default;

}  // namespace parley
