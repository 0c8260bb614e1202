#include "parley/transport/socket_names.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "parley/transport/transport_error.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_log.h"

namespace parley {

namespace {

constexpr std::string_view kSocketSuffix = ".sock";

// ASCII only, whatever the locale says.
bool IsPlain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool IsOwnDirectory(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid();
}

}  // namespace

std::string SocketNames::Root() {
  if (const char* root = std::getenv("PARLEY_ROOT"); root != nullptr && *root != '\0') {
    if (*root != '/') {
      throw TransportError(
          TransportError::Reason::kBadAddress,
          "N-1: PARLEY_ROOT is \"" + Printable(root) + "\", wanted an absolute path");
    }
    std::string path(root);
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path;
  }
  const std::string uid = std::to_string(::geteuid());
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR");
      runtime != nullptr && *runtime == '/' && IsOwnDirectory(runtime)) {
    std::string path(runtime);
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    return path + "/parley";
  }
  const std::string run = "/run/user/" + uid;
  if (IsOwnDirectory(run)) return run + "/parley";
  return "/tmp/parley-" + uid;
}

void SocketNames::Check(std::string_view what, std::string_view name) {
  bool good = !name.empty() && name.size() <= limits::kSocketName && IsPlain(name.front());
  for (const char c : name) good = good && (IsPlain(c) || c == '.');
  if (!good) {
    throw TransportError(TransportError::Reason::kBadAddress,
                         "N-2: " + std::string(what) + " \"" + Printable(name) +
                             "\" does not match [A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
  }
}

std::string SocketNames::LockPath(const std::string& socket_path) {
  std::string path = socket_path;
  if (path.size() >= kSocketSuffix.size() &&
      path.compare(path.size() - kSocketSuffix.size(), std::string::npos, kSocketSuffix) == 0) {
    path.resize(path.size() - kSocketSuffix.size());
  }
  return path + ".lock";
}

}  // namespace parley
