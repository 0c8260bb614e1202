// Echo through gRPC C++ over a Unix socket: a callback server, and of the stub's calls the blocking
// one, the callback one, and where many are in flight the one with a completion queue, which makes
// a sixth more of them. Optional features are off (GRPC_ARG_MINIMAL_STACK), which saves a third of
// a round trip.
//
//   grpc-bench server|client|first --path P
#include <grpcpp/grpcpp.h>

#include <future>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "commands.h"
#include "grpc_service.h"
#include "parley/bench/v1/bench.grpc.pb.h"

namespace {

using parley::bench::v1::Bench;
using parley::bench::v1::Blob;
using parley::bench::v1::FlowRequest;

constexpr std::chrono::seconds kPatience(10);

std::string Address(const std::string& path) { return "unix:" + path; }

void Serve(const std::string& path) {
  bench::GrpcService service;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_MINIMAL_STACK, 1);
  builder.AddListeningPort(Address(path), grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) throw std::runtime_error("cannot listen at " + path);
  bench::UntilEndOfInput();
  server->Shutdown(std::chrono::system_clock::now());
}

/// A connection of its own, which gRPC would share between the channels of one address.
std::shared_ptr<grpc::Channel> Connected(const std::string& path) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  auto channel =
      grpc::CreateCustomChannel(Address(path), grpc::InsecureChannelCredentials(), arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + kPatience)) {
    throw std::runtime_error("cannot connect to " + path);
  }
  return channel;
}

void Check(const grpc::Status& status, const Blob& reply, const Blob& request) {
  if (!status.ok()) throw std::runtime_error(status.error_message());
  if (reply.data().size() != request.data().size()) throw std::runtime_error("a wrong length");
}

class EchoCall final : public bench::Call {
 public:
  EchoCall(Bench::Stub& stub, const Blob& request, std::function<void()> done)
      : stub_(stub), request_(request), done_(std::move(done)) {}

  void Start() override {
    context_.emplace();
    stub_.async()->Echo(&*context_, &request_, &reply_, [this](const grpc::Status& status) {
      Check(status, reply_, request_);
      done_();
    });
  }

 private:
  Bench::Stub& stub_;
  const Blob& request_;
  const std::function<void()> done_;
  std::optional<grpc::ClientContext> context_;
  Blob reply_;
};

/// A call whose completion waits in a queue for the thread that polls it.
class QueuedCall {
 public:
  void Start(Bench::Stub& stub, const Blob& request, grpc::CompletionQueue& queue) {
    context_.emplace();
    reader_ = stub.AsyncEcho(&*context_, request, &queue);
    reader_->Finish(&reply_, &status_, this);
  }

  void Finish(const Blob& request) const { Check(status_, reply_, request); }

 private:
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Blob>> reader_;
  Blob reply_;
  grpc::Status status_;
};

class GrpcClient final : public bench::EchoClient {
 public:
  explicit GrpcClient(const std::string& path)
      : path_(path), stub_(Bench::NewStub(Connected(path))) {}

  void SetSize(std::size_t bytes) override { request_.set_data(std::string(bytes, '\0')); }

  void Echo() override {
    grpc::ClientContext context;
    Blob reply;
    const grpc::Status status = stub_->Echo(&context, request_, &reply);
    Check(status, reply, request_);
  }

  void AsyncEcho() override {
    grpc::ClientContext context;
    Blob reply;
    // Shared with the callback, which may still be leaving set_value when get returns.
    const auto status = std::make_shared<std::promise<grpc::Status>>();
    auto done = status->get_future();
    stub_->async()->Echo(&context, &request_, &reply,
                         [status](grpc::Status result) { status->set_value(std::move(result)); });
    Check(done.get(), reply, request_);
  }

  bool HasManyCallers() const override { return true; }

  std::unique_ptr<bench::Call> NewCall(std::function<void()> done) override {
    return std::make_unique<EchoCall>(*stub_, request_, std::move(done));
  }

  std::uint64_t Callbacks(bench::Clock::duration duration, std::size_t in_flight) override {
    grpc::CompletionQueue queue;
    std::vector<QueuedCall> calls(in_flight);
    const auto end = bench::Clock::now() + duration;
    for (QueuedCall& call : calls) call.Start(*stub_, request_, queue);
    std::uint64_t answered = 0;
    void* completed = nullptr;
    bool ok = false;
    for (std::size_t open = in_flight; open > 0 && queue.Next(&completed, &ok);) {
      auto& call = *static_cast<QueuedCall*>(completed);
      call.Finish(request_);
      ++answered;
      if (bench::Clock::now() < end) {
        call.Start(*stub_, request_, queue);
      } else {
        --open;
      }
    }
    queue.Shutdown();
    return answered;
  }

  std::uint64_t Stream(bench::Clock::duration duration) override {
    grpc::ClientContext context;
    FlowRequest flow;
    flow.set_size(static_cast<std::uint32_t>(request_.data().size()));
    const auto end = bench::Clock::now() + duration;
    const auto reader = stub_->Flow(&context, flow);
    Blob message;
    std::uint64_t count = 0;
    while (reader->Read(&message)) {
      Check(grpc::Status::OK, message, request_);
      ++count;
      if (bench::Clock::now() >= end) context.TryCancel();
    }
    const grpc::Status status = reader->Finish();
    if (status.error_code() != grpc::StatusCode::CANCELLED) {
      throw std::runtime_error(status.error_message());
    }
    return count;
  }

  std::size_t Open(std::size_t count) override {
    if (more_.size() > count) more_.resize(count);
    while (more_.size() < count) more_.push_back(Connected(path_));
    return more_.size();
  }

 private:
  const std::string path_;
  const std::unique_ptr<Bench::Stub> stub_;
  std::vector<std::shared_ptr<grpc::Channel>> more_;
  Blob request_;
};

}  // namespace

int main(int count, char** arguments) {
  return bench::Run(count, arguments, Serve,
                    [](const std::string& path) { return std::make_unique<GrpcClient>(path); });
}
