// Echo through gRPC C++ over a Unix socket: a callback server, and the stub's blocking and callback
// calls.
//
//   grpc-bench server|client|first --path P
#include <grpcpp/grpcpp.h>

#include <future>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "commands.h"
#include "parley/bench/v1/bench.grpc.pb.h"

namespace {

using parley::bench::v1::Bench;
using parley::bench::v1::Blob;

constexpr std::chrono::seconds kPatience(10);

class EchoService final : public Bench::CallbackService {
 public:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const Blob* request,
                                 Blob* reply) override {
    *reply = *request;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

std::string Address(const std::string& path) { return "unix:" + path; }

void Serve(const std::string& path) {
  EchoService echo;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(-1);
  builder.AddListeningPort(Address(path), grpc::InsecureServerCredentials());
  builder.RegisterService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) throw std::runtime_error("cannot listen at " + path);
  bench::UntilEndOfInput();
  server->Shutdown(std::chrono::system_clock::now());
}

/// A connection of its own, which gRPC would share between the channels of one address.
std::shared_ptr<grpc::Channel> Connected(const std::string& path) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
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

class GrpcClient final : public bench::EchoClient {
 public:
  explicit GrpcClient(std::string path)
      : path_(std::move(path)), stub_(Bench::NewStub(Connected(path_))) {}

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
