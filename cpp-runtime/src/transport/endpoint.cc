#include "parley/transport/endpoint.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "parley/transport/socket_names.h"
#include "parley/transport/transport_error.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_log.h"
#include "transport/activation.h"
#include "transport/system.h"

namespace parley {

namespace {

[[noreturn]] void Bad(const std::string& text) {
  throw TransportError(TransportError::Reason::kBadAddress, text);
}

std::string WorkingDirectory() {
  std::error_code error;
  const std::string path = std::filesystem::current_path(error).string();
  if (error) throw sys::Failure("the working directory", error.value());
  return path == "/" ? "" : path;
}

void CheckLength(const std::string& path) {
  if (path.size() > limits::kSocketPath) {
    Bad("N-1: socket path of " + std::to_string(path.size()) + " bytes is over the limit of " +
        std::to_string(limits::kSocketPath) + ": " + Printable(path));
  }
}

}  // namespace

Endpoint Endpoint::Named(std::string_view name, std::string_view space) {
  return InRoot(SocketNames::Root(), name, space);
}

Endpoint Endpoint::InRoot(const std::string& root, std::string_view name, std::string_view space) {
  SocketNames::Check("name", name);
  SocketNames::Check("space", space);
  Endpoint endpoint;
  const std::string directory = (root == "/" ? "" : root) + "/" + std::string(space);
  endpoint.path_ = directory + "/" + std::string(name) + ".sock";
  CheckLength(endpoint.path_);
  endpoint.lock_path_ = SocketNames::LockPath(endpoint.path_);
  endpoint.directories_ = {root, directory};
  endpoint.named_ = true;
  endpoint.label_ = std::string(space) + "/" + std::string(name);
  return endpoint;
}

Endpoint Endpoint::Path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) {
    Bad("N-1: socket path \"" + Printable(path) + "\" has a NUL in it");
  }
  const std::string_view file = path.substr(path.rfind('/') + 1);
  if (file.empty() || file == "." || file == "..") {
    Bad("N-1: socket path \"" + Printable(path) + "\" names no file");
  }
  Endpoint endpoint;
  endpoint.path_ = (path.front() == '/' ? "" : WorkingDirectory() + "/") + std::string(path);
  CheckLength(endpoint.path_);
  endpoint.lock_path_ = SocketNames::LockPath(endpoint.path_);
  const std::size_t slash = endpoint.path_.rfind('/');
  endpoint.directories_ = {endpoint.path_.substr(0, slash == 0 ? 1 : slash)};
  endpoint.label_ = endpoint.path_;
  return endpoint;
}

Endpoint Endpoint::Inherited(int descriptor) {
  if (descriptor < 0 || descriptor == 1 || descriptor == 2) {
    Bad("N-8: descriptor " + std::to_string(descriptor) + " is no socket");
  }
  Endpoint endpoint;
  endpoint.kind_ = Kind::kInherited;
  endpoint.descriptor_ = descriptor;
  endpoint.label_ = "descriptor " + std::to_string(descriptor);
  return endpoint;
}

Endpoint Endpoint::Activated(std::string_view name) {
  return Inherited(FindActivated(
      name, [](const char* variable) { return std::getenv(variable); }, ::getpid()));
}

Endpoint Endpoint::Abstract(std::string_view name) {
#ifdef __linux__
  SocketNames::Check("abstract name", name);
  Endpoint endpoint;
  endpoint.kind_ = Kind::kAbstract;
  endpoint.path_ = std::string(name);
  endpoint.label_ = "@" + endpoint.path_;
  return endpoint;
#else
  Bad("N-2: abstract name \"" + Printable(name) + "\": only Linux has abstract names");
#endif
}

}  // namespace parley
