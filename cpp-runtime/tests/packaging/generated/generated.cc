#include <iostream>
#include <string>

#include "demo/common.parley.h"  // empty, since it has no service
#include "demo/v1/greeter.parley.h"

int main() {
  std::cout << demo::v1::Greeter::kName << " generated" << std::endl;
  return 0;
}
