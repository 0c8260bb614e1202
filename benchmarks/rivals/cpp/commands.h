// The commands of a client program, as benchmarks/PROGRAMS.md tells them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "echo_client.h"

namespace bench {

/// Makes the client of a program, connected to the socket at a path.
using Connect = std::function<std::unique_ptr<EchoClient>(const std::string& path)>;

/// Listens at a path, says "ready", serves until the end of input, and removes the socket.
using Serve = std::function<void(const std::string& path)>;

/// The main function of a contestant: `server|client|first --path P`. Returns the exit code.
int Run(int count, char** arguments, const Serve& serve, const Connect& connect);

/// For a server: says "ready", and answers what comes until the end of input.
void UntilEndOfInput();

}  // namespace bench
