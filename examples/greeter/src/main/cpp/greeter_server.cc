#include <parley/parley.h>

#include <csignal>
#include <exception>
#include <iostream>

#include "demo/v1/greeter.parley.h"

// Greets whoever calls, until it is ended.
class GreeterService final : public demo::v1::Greeter::Service {
 public:
  demo::v1::HelloReply Hello(const demo::v1::HelloRequest& request, parley::CallContext&) override {
    demo::v1::HelloReply reply;
    reply.set_text("Hello, " + request.name() + "!");
    return reply;
  }
};

int main() {
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGINT);
  sigaddset(&endings, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);

  try {
    GreeterService service;
    auto server = parley::Server::Builder(parley::Address::Of("greeter"))
                      .Service(demo::v1::Greeter::Bind(service))
                      .Start();
    std::cout << "serving at " << server->address().ToString() << std::endl;

    int ending = 0;
    sigwait(&endings, &ending);
    server->Close();
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
