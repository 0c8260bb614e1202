#include "started_call.h"

#include <exception>
#include <thread>
#include <utility>

namespace conformance {

namespace {

/// Q and R are those of `method` where the service has it, and those of Unary else.
template <typename Q, typename R>
class TypedCall final : public StartedCall {
 public:
  TypedCall(std::string method, const std::string& payload, const parley::CallOptions& options,
            parley::ClientCall::Waits waits)
      : name_(std::move(method)),
        request_(Parse<Q>(payload)),
        call_(std::make_shared<parley::TypedClientCall<R>>(
            parley::Method<Q, R>(name_, parley::Shape::kUnary), request_, options, waits)) {}

  void Start(parley::Caller& caller) { caller.StartCall(call_); }

  bool Cancel() override {
    call_->Cancel();
    return true;
  }

  std::string AwaitReply() override { return call_->Await().SerializeAsString(); }

  parley::Metadata ReplyMetadata() override { return call_->ReplyMetadata(); }

 private:
  const std::string name_;
  const Q request_;
  const std::shared_ptr<parley::TypedClientCall<R>> call_;
};

template <typename Q, typename R>
std::unique_ptr<StartedCall> Start(parley::Caller& caller, const std::string& method,
                                   const std::string& payload, const parley::CallOptions& options,
                                   parley::ClientCall::Waits waits) {
  auto call = std::make_unique<TypedCall<Q, R>>(method, payload, options, waits);
  call->Start(caller);
  return call;
}

std::unique_ptr<StartedCall> StartAny(parley::Caller& caller, const std::string& method,
                                      const std::string& payload,
                                      const parley::CallOptions& options,
                                      parley::ClientCall::Waits waits) {
  if (method == v1::Conformance::kNothing.full_name()) {
    return Start<v1::NothingRequest, v1::NothingReply>(caller, method, payload, options, waits);
  }
  return Start<v1::UnaryRequest, v1::UnaryReply>(caller, method, payload, options, waits);
}

/// A thread that makes a blocking call.
class ThreadedCall final : public StartedCall {
 public:
  ThreadedCall(std::shared_ptr<parley::Peer> peer, const std::string& method,
               const std::string& payload, const parley::CallOptions& options)
      : thread_([this, peer = std::move(peer), method, payload, options] {
          Run(*peer, method, payload, options);
        }) {}

  ~ThreadedCall() override {
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  bool Cancel() override { return false; }

  std::string AwaitReply() override {
    thread_.join();
    if (failure_ != nullptr) {
      std::rethrow_exception(failure_);
    }
    return reply_;
  }

  parley::Metadata ReplyMetadata() override { return metadata_; }

 private:
  void Run(parley::Peer& peer, const std::string& method, const std::string& payload,
           const parley::CallOptions& options) {
    try {
      const std::unique_ptr<StartedCall> call =
          StartAny(peer, method, payload, options, parley::ClientCall::Waits::kItself);
      try {
        reply_ = call->AwaitReply();
      } catch (...) {
        failure_ = std::current_exception();
      }
      metadata_ = call->ReplyMetadata();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  std::string reply_;
  std::exception_ptr failure_;
  parley::Metadata metadata_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<StartedCall> StartedCall::Async(parley::Caller& caller, const std::string& method,
                                                const std::string& payload,
                                                const parley::CallOptions& options) {
  return StartAny(caller, method, payload, options, parley::ClientCall::Waits::kNot);
}

std::unique_ptr<StartedCall> StartedCall::Blocking(std::shared_ptr<parley::Peer> peer,
                                                   const std::string& method,
                                                   const std::string& payload,
                                                   const parley::CallOptions& options) {
  return std::make_unique<ThreadedCall>(std::move(peer), method, payload, options);
}

Line StartedCall::Await() {
  try {
    const std::string reply = AwaitReply();
    return Replied(reply, ReplyMetadata());
  } catch (const parley::RpcException& failure) {
    return FailedCall(failure, ReplyMetadata());
  }
}

}  // namespace conformance
