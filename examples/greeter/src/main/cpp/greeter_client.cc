#include <parley/parley.h>

#include <exception>
#include <iostream>

#include "demo/v1/greeter.parley.h"

// Asks to be greeted by the name that it is given, and prints the reply.
int main(int argc, char** argv) {
  try {
    auto client = parley::Client::Connect(parley::Address::Of("greeter"));
    demo::v1::Greeter::Client greeter(*client);
    demo::v1::HelloRequest request;
    request.set_name(argc > 1 ? argv[1] : "world");
    std::cout << greeter.Hello(request).text() << std::endl;
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
