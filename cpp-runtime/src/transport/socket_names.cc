#include "parley/transport/socket_names.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "parley/transport/transport_error.h"
#include "parley/wire/limits.h"
#include "parley/wire/wire_log.h"
#include "transport/surroundings.h"

namespace parley {

namespace {

constexpr std::string_view kSocketSuffix = ".sock";

// ASCII only, whatever the locale says.
bool IsPlain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

void TrimSlashes(std::string& path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
}

// Set but empty is unset.
std::string VariableOfProcess(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool IsDirectoryOf(const std::string& path, uid_t uid) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == uid;
}

}  // namespace

std::string ChooseRoot(const Surroundings& here) {
  std::string root = here.variable("PARLEY_ROOT");
  if (!root.empty()) {
    if (root.front() != '/') {
      throw TransportError(
          TransportError::Reason::kBadAddress,
          "N-1: PARLEY_ROOT is \"" + Printable(root) + "\", wanted an absolute path");
    }
    TrimSlashes(root);
    return root;
  }
  std::string runtime = here.variable("XDG_RUNTIME_DIR");
  if (!runtime.empty() && runtime.front() == '/') {
    TrimSlashes(runtime);
    if (here.owns(runtime)) return (runtime == "/" ? "" : runtime) + "/parley";
  }
  const std::string uid = std::to_string(here.euid);
  const std::string run = "/run/user/" + uid;
  if (here.owns(run)) return run + "/parley";
  return "/tmp/parley-" + uid;
}

std::string SocketNames::Root() {
  const uid_t euid = ::geteuid();
  return ChooseRoot({euid, VariableOfProcess,
                     [euid](const std::string& path) { return IsDirectoryOf(path, euid); }});
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

namespace {

/// A path less its suffix.
std::string Stem(const std::string& socket_path) {
  std::string path = socket_path;
  if (path.size() >= kSocketSuffix.size() &&
      path.compare(path.size() - kSocketSuffix.size(), std::string::npos, kSocketSuffix) == 0) {
    path.resize(path.size() - kSocketSuffix.size());
  }
  return path;
}

}  // namespace

std::string SocketNames::LockPath(const std::string& socket_path) {
  return Stem(socket_path) + ".lock";
}

std::string SocketNames::SpinPath(const std::string& socket_path) {
  return Stem(socket_path) + ".spin";
}

}  // namespace parley
