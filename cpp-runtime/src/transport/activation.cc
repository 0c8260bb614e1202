#include "transport/activation.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "parley/transport/transport_error.h"
#include "parley/wire/wire_log.h"

namespace parley {
namespace {

constexpr int kFirst = 3;

[[noreturn]] void None(std::string_view name, const std::string& why) {
  throw TransportError(
      TransportError::Reason::kNotListening,
      "N-8: no socket " + std::string(name) + " was handed to this process: " + why);
}

std::vector<std::string> Split(const char* listed) {
  std::vector<std::string> names;
  if (listed == nullptr) return names;
  names.emplace_back();
  for (const char* at = listed; *at != '\0'; ++at) {
    if (*at == ':') {
      names.emplace_back();
    } else {
      names.back() += *at;
    }
  }
  return names;
}

}  // namespace

int FindActivated(std::string_view name, const std::function<const char*(const char*)>& variable,
                  pid_t pid) {
  const char* const count = variable("LISTEN_FDS");
  if (count == nullptr) {
    if (name.empty()) return 0;
    None(name, "LISTEN_FDS is not set");
  }
  const char* const owner = variable("LISTEN_PID");
  if (owner == nullptr || std::to_string(pid) != owner) {
    None(name, "LISTEN_PID is " + Printable(owner == nullptr ? "not set" : owner) +
                   ", and this is process " + std::to_string(pid));
  }
  char* end = nullptr;
  const long sockets = std::strtol(count, &end, 10);
  if (end == count || *end != '\0') {
    throw TransportError(TransportError::Reason::kBadAddress,
                         "N-8: LISTEN_FDS is \"" + Printable(count) + "\", no number");
  }
  const char* const listed = variable("LISTEN_FDNAMES");
  const std::vector<std::string> names = Split(listed);
  long index = name.empty() && sockets == 1 ? 0 : -1;
  for (std::size_t i = 0; !name.empty() && i < names.size(); ++i) {
    if (names[i] == name) {
      index = index == -1 ? static_cast<long>(i) : sockets;  // Twice is not clear.
    }
  }
  if (index < 0 || index >= sockets) {
    throw TransportError(TransportError::Reason::kBadAddress,
                         "N-8: one socket " + (name.empty() ? "" : "named " + std::string(name)) +
                             " is wanted; there are " + std::to_string(sockets) + ", named " +
                             Printable(listed == nullptr ? "" : listed));
  }
  return kFirst + static_cast<int>(index);
}

}  // namespace parley
