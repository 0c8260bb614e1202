#include "bench_service.h"

#include <chrono>
#include <string>
#include <thread>

namespace bench {

Blob BenchService::Echo(const Blob& request, parley::CallContext&) { return request; }

Blob BenchService::EchoBack(const Blob& request, parley::CallContext& context) {
  return Bench::Client(context.peer()).Echo(request);
}

Blob BenchService::Sleep(const Nap& request, parley::CallContext&) {
  std::this_thread::sleep_for(std::chrono::milliseconds(request.millis()));
  return Blob();
}

void BenchService::Flow(const FlowRequest& request, parley::MessageSink<Blob>& messages,
                        parley::CallContext& context) {
  Blob message;
  message.set_data(std::string(request.size(), '\0'));
  while (!context.IsCancelled()) {
    messages.Send(message);
  }
}

}  // namespace bench
