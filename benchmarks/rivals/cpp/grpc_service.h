// What the server of gRPC C++ does.
#pragma once

#include <grpcpp/grpcpp.h>

#include "parley/bench/v1/bench.grpc.pb.h"

namespace bench {

/// parley.bench.v1.Bench by gRPC's callback API. A unary call of gRPC cannot call back, so EchoBack
/// is not implemented.
class GrpcService final : public parley::bench::v1::Bench::CallbackService {
 public:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const parley::bench::v1::Blob* request,
                                 parley::bench::v1::Blob* reply) override;

  /// Sleeps on a thread of its own: a reaction must not block.
  grpc::ServerUnaryReactor* Sleep(grpc::CallbackServerContext* context,
                                  const parley::bench::v1::Nap* request,
                                  parley::bench::v1::Blob* reply) override;

  grpc::ServerWriteReactor<parley::bench::v1::Blob>* Flow(
      grpc::CallbackServerContext* context, const parley::bench::v1::FlowRequest* request) override;
};

}  // namespace bench
