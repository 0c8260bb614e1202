#include <parley/parley.h>

#include <exception>
#include <iostream>

#include "demo/v1/work.parley.h"

namespace {

bool IsPrime(long number) {
  for (long divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) {
      return false;
    }
  }
  return number > 1;
}

/// Counts primes.
class Worker final : public demo::v1::Work::Service {
 public:
  demo::v1::Count CountPrimes(const demo::v1::Range& range, parley::CallContext&) override {
    demo::v1::Count count;
    for (long number = range.from(); number < range.to(); ++number) {
      count.set_primes(count.primes() + (IsPrime(number) ? 1 : 0));
    }
    return count;
  }
};

}  // namespace

// A worker: counts primes for its parent, and ends with it.
int main() {
  try {
    Worker worker;
    auto parent =
        parley::Parent::Builder().Service(demo::v1::Work::Bind(worker)).ExitWithParent().Connect();
    parent->AwaitClosed();
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
