#include <iostream>
#include <string>

#include "demo/common.parley.h"  // empty, since it has no service
#include "demo/v1/greeter.parley.h"
#include "parley/v1/options.pb.h"

int main() {
  static_assert(demo::v1::Greeter::kWave.shape() == parley::Shape::kOneWay);
  // The file's descriptor is whole: that of Parley's options is in the program, once.
  const auto* greeter = demo::v1::WaveRequest::descriptor()->file()->FindServiceByName("Greeter");
  const auto* wave = greeter == nullptr ? nullptr : greeter->FindMethodByName("Wave");
  if (wave == nullptr || !wave->options().GetExtension(parley::v1::one_way)) return 1;
  std::cout << demo::v1::Greeter::kName << " generated" << std::endl;
  return 0;
}
