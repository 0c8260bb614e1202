#include <signal.h>
#include <unistd.h>

#include <iostream>
#include <string>

#include "parley/parley.h"
#include "support/text_message.h"

// Another process for the tests of the top: `serve PATH` serves the text service until its input
// ends; `die PATH` dies of SIGKILL in a handler.

int main(int argc, char** argv) {
  using parley::CallContext;
  using parley::Text;
  if (argc < 3) return 2;
  const bool dies = std::string(argv[1]) == "die";
  const auto server = parley::Server::Builder(parley::Address::Path(argv[2]))
                          .Name("child")
                          .Service(parley::ServiceDefinition::Builder("test.v1.Text")
                                       .Unary(parley::kEcho, [](const Text& request,
                                                                CallContext&) { return request; })
                                       .Unary(parley::kBack,
                                              [](const Text& request, CallContext& context) {
                                                return context.peer().Call(parley::kEcho, request);
                                              })
                                       .Unary(parley::kHold,
                                              [dies](const Text& request, CallContext&) {
                                                if (dies) ::kill(::getpid(), SIGKILL);
                                                return request;
                                              })
                                       .Build())
                          .Start();
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  return 0;
}
