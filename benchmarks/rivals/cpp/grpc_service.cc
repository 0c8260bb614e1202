#include "grpc_service.h"

#include <chrono>
#include <string>
#include <thread>

namespace bench {
namespace {

using parley::bench::v1::Blob;

/// Writes the same message again and again, until the caller cancels. Owns itself.
class Writer final : public grpc::ServerWriteReactor<Blob> {
 public:
  explicit Writer(std::size_t size) {
    message_.set_data(std::string(size, '\0'));
    StartWrite(&message_);
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      StartWrite(&message_);
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override { delete this; }

 private:
  Blob message_;
};

}  // namespace

grpc::ServerUnaryReactor* GrpcService::Echo(grpc::CallbackServerContext* context,
                                            const Blob* request, Blob* reply) {
  *reply = *request;
  auto* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* GrpcService::Sleep(grpc::CallbackServerContext* context,
                                             const parley::bench::v1::Nap* request, Blob*) {
  auto* reactor = context->DefaultReactor();
  const std::chrono::milliseconds nap(request->millis());
  std::thread([reactor, nap] {
    std::this_thread::sleep_for(nap);
    reactor->Finish(grpc::Status::OK);
  }).detach();
  return reactor;
}

grpc::ServerWriteReactor<Blob>* GrpcService::Flow(grpc::CallbackServerContext*,
                                                  const parley::bench::v1::FlowRequest* request) {
  return new Writer(request->size());
}

}  // namespace bench
