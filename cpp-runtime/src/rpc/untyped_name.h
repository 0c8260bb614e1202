#ifndef PARLEY_RPC_UNTYPED_NAME_H_
#define PARLEY_RPC_UNTYPED_NAME_H_

#include <string>
#include <string_view>

namespace parley {

/// Why that is no name without a schema, of a method, an event or a topic; empty if it is (U-1).
std::string UntypedNameFault(std::string_view name);

/// @throws std::invalid_argument if that is no name without a schema
void CheckUntypedName(std::string_view name);

}  // namespace parley

#endif  // PARLEY_RPC_UNTYPED_NAME_H_
