#include "started_stream.h"

#include <deque>
#include <future>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "errands.h"
#include "reading.h"

namespace conformance {

namespace {

/// What both styles have; R is the type of the replies.
template <typename R>
class Stream : public StartedStream {
 public:
  Stream(std::string method, parley::Shape shape, const std::string& payload,
         const parley::CallOptions& options)
      : name_(std::move(method)), request_(Parse<v1::StreamRequest>(payload)) {
    const bool sends = shape != parley::Shape::kServerStreaming;
    call_ = parley::TypedClientCall<R>::Streaming(
        parley::Method<v1::StreamRequest, R>(name_, shape), sends ? nullptr : &request_, options);
    if (sends) {
      outlet_ = call_->outlet();
      sink_.emplace(*outlet_);
    }
    if constexpr (std::is_same_v<R, v1::StreamReply>) {
      stream_.emplace(std::make_shared<parley::InboxSource<v1::StreamReply>>(call_->inbox()));
    }
  }

  void Start(parley::Caller& caller) { caller.StartCall(call_); }

  void Close() override {
    if (stream_.has_value()) {
      stream_->Close();
    } else {
      call_->Cancel();
    }
  }

  Line AwaitSent() override {
    std::uint64_t sent = 0;
    for (std::future<void>& send : sends_) {
      try {
        send.get();
        sent++;
      } catch (const parley::RpcException& failure) {
        return Failed(failure).With("sent", std::to_string(sent));
      }
    }
    sends_.clear();
    return Line("ok").With("sent", std::to_string(sent));
  }

  Line Await() override {
    try {
      const std::string reply = call_->Await().SerializeAsString();
      return Replied(reply, call_->ReplyMetadata());
    } catch (const parley::RpcException& failure) {
      return FailedCall(failure, call_->ReplyMetadata());
    }
  }

 protected:
  const std::string name_;
  const v1::StreamRequest request_;
  std::shared_ptr<parley::TypedClientCall<R>> call_;
  std::shared_ptr<parley::MessageOutlet> outlet_;
  std::optional<parley::OutletSink<v1::StreamRequest>> sink_;
  std::optional<Reading::Stream> stream_;
  std::vector<std::future<void>> sends_;
  std::deque<std::unique_ptr<Reading>> readings_;
};

template <typename R>
class AsyncStream final : public Stream<R> {
 public:
  using Stream<R>::Stream;
  /// What is being read ends with its call.
  ~AsyncStream() override { this->call_->Cancel(); }

  void Send(const std::string& payload, std::uint64_t times) override {
    const auto message = Parse<v1::StreamRequest>(payload);
    for (std::uint64_t time = 0; time < times; time++) {
      this->sends_.push_back(this->sink_->SendAsync(message));
    }
  }

  void Finish() override { this->outlet_->Finish(); }

  /// One that waits for another begins when that one is awaited.
  void Read(std::uint64_t count, bool whole) override {
    this->readings_.push_back(std::make_unique<Reading>(count, whole));
    if (this->readings_.size() == 1) {
      this->readings_.front()->Start(*this->stream_);
    }
  }

  Line AwaitRead() override {
    Reading& reading = *this->readings_.front();
    reading.Finish(*this->stream_);
    Line line = reading.Tell();
    this->readings_.pop_front();
    if (!this->readings_.empty()) {
      this->readings_.front()->Start(*this->stream_);
    }
    return line;
  }

  bool Cancel() override {
    this->call_->Cancel();
    return true;
  }
};

template <typename R>
class BlockingStream final : public Stream<R> {
 public:
  using Stream<R>::Stream;
  /// What its threads wait for ends with the call.
  ~BlockingStream() override { this->call_->Cancel(); }

  void Send(const std::string& payload, std::uint64_t times) override {
    const auto message = Parse<v1::StreamRequest>(payload);
    for (std::uint64_t time = 0; time < times; time++) {
      const auto sent = std::make_shared<std::promise<void>>();
      this->sends_.push_back(sent->get_future());
      sender_.Then([this, message, sent] {
        try {
          this->sink_->Send(message);
          sent->set_value();
        } catch (...) {
          sent->set_exception(std::current_exception());
        }
      });
    }
  }

  void Finish() override {
    sender_.Then([this] { this->outlet_->Finish(); });
  }

  void Read(std::uint64_t count, bool whole) override {
    this->readings_.push_back(std::make_unique<Reading>(count, whole));
    reads_.emplace_back();
    reader_.Then([this, reading = this->readings_.back().get(), read = &reads_.back()] {
      reading->Block(*this->stream_);
      read->set_value();
    });
  }

  Line AwaitRead() override {
    reads_.front().get_future().wait();
    reads_.pop_front();
    Line line = this->readings_.front()->Tell();
    this->readings_.pop_front();
    return line;
  }

  /// A thread that waits cannot be called off.
  bool Cancel() override {
    if (sender_.IsBusy() || reader_.IsBusy()) {
      return false;
    }
    this->call_->Cancel();
    return true;
  }

 private:
  std::deque<std::promise<void>> reads_;
  Errands sender_;
  Errands reader_;
};

template <typename S>
std::unique_ptr<StartedStream> Started(parley::Caller& caller, std::unique_ptr<S> stream) {
  stream->Start(caller);
  return stream;
}

template <typename R>
std::unique_ptr<StartedStream> StartOf(parley::Caller& caller, const std::string& method,
                                       parley::Shape shape, const std::string& payload,
                                       const parley::CallOptions& options, bool blocking) {
  if (blocking) {
    return Started(caller, std::make_unique<BlockingStream<R>>(method, shape, payload, options));
  }
  return Started(caller, std::make_unique<AsyncStream<R>>(method, shape, payload, options));
}

}  // namespace

std::unique_ptr<StartedStream> StartedStream::Start(
    parley::Caller& caller, const std::string& method, const std::string& shape,
    const std::string& payload, const parley::CallOptions& options, bool blocking) {
  if (shape == "client") {
    return StartOf<v1::UnaryReply>(caller, method, parley::Shape::kClientStreaming, payload,
                                   options, blocking);
  }
  if (shape != "server" && shape != "bidi") {
    throw std::invalid_argument("no shape: " + shape);
  }
  return StartOf<v1::StreamReply>(
      caller, method,
      shape == "server" ? parley::Shape::kServerStreaming : parley::Shape::kBidiStreaming, payload,
      options, blocking);
}

}  // namespace conformance
