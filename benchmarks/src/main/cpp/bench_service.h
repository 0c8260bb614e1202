// What every contestant with stubs serves; the client serves it to the server, too.
#ifndef PARLEY_BENCHMARKS_BENCH_SERVICE_H_
#define PARLEY_BENCHMARKS_BENCH_SERVICE_H_

#include <parley/parley.h>

#include <cstdint>

#include "parley/bench/v1/bench.parley.h"
#include "parley/bench/v1/bench.pb.h"

namespace bench {

using parley::bench::v1::Bench;
using parley::bench::v1::Blob;
using parley::bench::v1::FlowRequest;
using parley::bench::v1::Nap;

/// The axis of the calls in flight ends here; the default of a server is less.
constexpr std::uint32_t kMostCalls = 4096;

/// A message of 64 MiB with what protobuf puts around it; the default is 64 MiB.
constexpr std::uint64_t kLargestMessage = std::uint64_t{65} << 20;

class BenchService final : public Bench::Service {
 public:
  Blob Echo(const Blob& request, parley::CallContext& context) override;
  Blob EchoBack(const Blob& request, parley::CallContext& context) override;
  Blob Sleep(const Nap& request, parley::CallContext& context) override;
  void Flow(const FlowRequest& request, parley::MessageSink<Blob>& messages,
            parley::CallContext& context) override;
};

}  // namespace bench

#endif  // PARLEY_BENCHMARKS_BENCH_SERVICE_H_
