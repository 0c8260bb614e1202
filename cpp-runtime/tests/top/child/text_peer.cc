#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "parley/parley.h"
#include "support/text_message.h"

// Another process for the tests of the top: `serve PATH` serves the text service until its input
// ends; `die PATH` dies of SIGKILL in a handler; `subscribe PATH` says how much it got and missed
// of the topic `load` when `last` is published there; `child HOW` is a child of who started it.

namespace {

int Subscribe(const std::string& path) {
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t got = 0;
  std::uint64_t missed = 0;
  bool last = false;
  const auto client = parley::Client::Connect(parley::Address::Path(path));
  const parley::Subscription subscription = client->topics().SubscribeBytes(
      "load", {[&](std::string_view publication, const parley::TopicContext& context) {
        std::lock_guard<std::mutex> lock(mutex);
        ++got;
        missed += context.missed;
        last = publication == "last";
        changed.notify_all();
      }});
  subscription.held().get();
  std::cout << "ready" << std::endl;
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&last] { return last; });
  std::cout << "got " << got << " missed " << missed << std::endl;
  return 0;
}

/// A child of a parent that tests it: answers echoes, asks back, and dies, by what it is asked.
int BeChild(const std::string& how) {
  using parley::Text;
  if (how == "exit") return 7;
  if (how == "no-hello") {
    for (;;) ::pause();
  }
  parley::Parent::Builder builder;
  builder.Service(parley::ServiceDefinition::Builder("test.v1.Text")
                      .Unary(parley::kEcho,
                             [](const Text& request, parley::CallContext& context) {
                               if (request.text == "die") ::kill(::getpid(), SIGKILL);
                               if (request.text == "ask back") {
                                 return context.peer().Call(parley::kEcho, Text("from below"));
                               }
                               if (request.text == "variable") {
                                 return Text(std::getenv("PARLEY_PARENT") == nullptr ? "unset"
                                                                                     : "set");
                               }
                               return Text("child: " + request.text);
                             })
                      .Build());
  if (how == "exit-with-parent") builder.ExitWithParent();
  const auto parent = builder.Connect();
  if (how == "serve") {
    parent->Call(parley::kEcho, Text("I am there"));  // From the first moment.
  }
  parent->AwaitClosed();
  std::cout << "over" << std::endl;
  return 0;
}

/// A server that ends when nobody needs it, and writes to a file when it begins and ends.
int SpinDown(const std::string& path, const std::string& log) {
  const auto note = [&log](const char* what) {
    std::ofstream(log, std::ios::app) << what << std::endl;
  };
  const auto server =
      parley::Server::Builder(parley::Address::Path(path))
          .Service(parley::ServiceDefinition::Builder("test.v1.Text")
                       .Unary(parley::kEcho,
                              [](const parley::Text& request, parley::CallContext&) {
                                if (request.text == "die") ::kill(::getpid(), SIGKILL);
                                return request;
                              })
                       .Build())
          .SpinDown(std::chrono::nanoseconds(0))
          .TryStart();
  if (server == nullptr) return 0;
  note("begins");
  server->AwaitClosed();
  return 0;
}

/// A parent that is to be killed; its child is to notice.
int BeParent(const char* program) {
  const auto child = parley::ChildProcess::Spawn({program, "child", "exit-with-parent"});
  child->peer().Call(parley::kEcho, parley::Text("a"));
  std::cout << child->pid() << std::endl;
  for (;;) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  using parley::CallContext;
  using parley::Text;
  if (argc < 3) return 2;
  if (std::string(argv[1]) == "subscribe") return Subscribe(argv[2]);
  if (std::string(argv[1]) == "child") return BeChild(argv[2]);
  if (std::string(argv[1]) == "parent") return BeParent(argv[0]);
  if (std::string(argv[1]) == "spin") return SpinDown(argv[2], argv[3]);
  const bool dies = std::string(argv[1]) == "die";
  const std::string where = argv[2];
  const auto address = [&where] {
    if (where == "inherited") return parley::Address::Inherited(0);
    if (where == "activated") return parley::Address::Activated();
    if (where == "activated-web") return parley::Address::Activated("web");
    return parley::Address::Path(where);
  };
  std::unique_ptr<parley::Server> server;
  try {
    server = parley::Server::Builder(address())
                 .Name("child")
                 .Service(parley::ServiceDefinition::Builder("test.v1.Text")
                              .Unary(parley::kEcho,
                                     [](const Text& request, CallContext&) {
                                       return request.text == "pid"
                                                  ? Text(std::to_string(::getpid()))
                                                  : request;
                                     })
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
  } catch (const std::exception& failure) {
    std::cout << failure.what() << std::endl;
    return 1;
  }
  std::cout << "ready" << std::endl;
  if (where == "inherited") {
    server->AwaitClosed();  // Its input is the socket.
  }
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  return 0;
}
