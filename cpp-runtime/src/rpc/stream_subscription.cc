#include "rpc/stream_subscription.h"

#include <utility>

#include "parley/rpc/message_bytes.h"
#include "parley/rpc/rpc_exception.h"
#include "rpc/local_subscription.h"

namespace parley {

struct StreamSubscription::Stream {
  Connection on;
  std::shared_ptr<TypedClientCall<MessageBytes>> call;
  std::shared_ptr<MessageInbox> inbox;
  // Guarded by the mutex of the subscription.
  /// What has come and is not handled yet.
  bool came = false;
  std::optional<std::string> message;
  std::exception_ptr failure;
  /// A thread handles what comes.
  bool walking = false;
  bool over = false;
};

StreamSubscription::StreamSubscription(std::string topic, std::string request, Metadata metadata,
                                       Subscriber<std::string_view> subscriber)
    : topic_(std::move(topic)),
      request_(std::move(request)),
      metadata_(std::move(metadata)),
      subscriber_(std::move(subscriber)),
      held_(held_promise_.get_future().share()),
      ended_(end_promise_.get_future().share()) {}

Subscription Caller::SubscribeBytes(std::string_view topic, std::string request,
                                    const Metadata& metadata,
                                    Subscriber<std::string_view> subscriber) {
  auto made = std::make_shared<StreamSubscription>(std::string(topic), std::move(request), metadata,
                                                   std::move(subscriber));
  made->Begin(*this);
  return Subscription(made);
}

std::function<void()> Caller::Follow(std::shared_ptr<Follower> follower) {
  follower->Connected({std::shared_ptr<Caller>(std::shared_ptr<void>(), this), [] { return false; },
                       [](const std::function<void(bool)>& told) { told(true); }});
  return [] {};
}

void StreamSubscription::Begin(Caller& caller) {
  std::function<void()> unfollow = caller.Follow(shared_from_this());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!told_end_) {
      unfollow_ = std::move(unfollow);
      return;
    }
  }
  unfollow();
}

void StreamSubscription::Connected(const Connection& to) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (end_.has_value() || to.is_over()) {
      return;  // One that is over has a successor, which may have been told of before it.
    }
    awaited_ = to;
  }
  StartIfDue();
}

void StreamSubscription::StartIfDue() {
  Connection on;
  bool resumes = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (end_.has_value() || running_ != nullptr || starting_ || !awaited_.has_value()) {
      return;
    }
    on = std::move(*awaited_);
    awaited_.reset();
    starting_ = true;
    resumes = std::exchange(lost_, false);
  }
  Start(on, resumes);
}

void StreamSubscription::Start(const Connection& on, bool resumes) {
  const auto stream = std::make_shared<Stream>();
  stream->on = on;
  const MessageBytes request(request_);
  stream->call = TypedClientCall<MessageBytes>::Streaming(
      Method<MessageBytes, MessageBytes>(topic_, Shape::kServerStreaming), &request,
      CallOptions().WithMetadata(metadata_).WithInheritedDeadline(false));
  stream->call->KeepName();
  stream->call->KeepRequest();
  on.caller->StartCall(stream->call);
  stream->inbox = stream->call->inbox();
  bool closed = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    starting_ = false;
    running_ = stream;
    closed = end_.has_value();
  }
  if (closed) {
    stream->call->Cancel();
  }
  // Behind the REQUEST: what the subscriber asks the server for now, publications follow.
  if (resumes && !closed && subscriber_.resumed) {
    RunSubscriber(topic_, subscriber_.resumed);
  }
  Ask(stream);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (told_held_) {
      return;
    }
  }
  on.settle([held = weak_from_this(), stream](bool read) {
    const std::shared_ptr<StreamSubscription> self = held.lock();
    if (self == nullptr || !read) {
      return;
    }
    std::lock_guard<std::mutex> lock(self->mutex_);
    // An answer behind the end of the stream says nothing.
    if (!stream->over && !self->told_held_) {
      self->told_held_ = true;
      self->held_promise_.set_value();
    }
  });
}

void StreamSubscription::Ask(const std::shared_ptr<Stream>& stream) {
  stream->inbox->NextAsync([self = shared_from_this(), stream](std::optional<std::string> message,
                                                               std::exception_ptr failure) {
    self->Came(stream, std::move(message), std::move(failure));
  });
}

void StreamSubscription::Walk(const std::shared_ptr<Stream>& stream) {
  for (;;) {
    Ask(stream);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!stream->came) {
        stream->walking = false;
        return;
      }
    }
    if (!Handle(*stream)) {
      return;
    }
  }
}

void StreamSubscription::Came(const std::shared_ptr<Stream>& stream,
                              std::optional<std::string> message, std::exception_ptr failure) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stream->came = true;
    stream->message = std::move(message);
    stream->failure = std::move(failure);
    if (stream->walking) {
      return;
    }
    stream->walking = true;
  }
  const auto walk = [self = shared_from_this(), stream] {
    if (self->Handle(*stream)) {
      self->Walk(stream);
    }
  };
  try {
    stream->inbox->Run(walk);
  } catch (const RpcException& failed) {
    End(failed.status());
    walk();  // The subscriber is not called any more.
  }
}

bool StreamSubscription::Handle(Stream& stream) {
  std::optional<std::string> message;
  std::exception_ptr failure;
  bool closed = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stream.came = false;
    message.swap(stream.message);
    failure.swap(stream.failure);
    closed = end_.has_value();
  }
  if (message.has_value()) {
    if (!closed) {
      RunSubscriber(topic_, [&] {
        subscriber_.handle(*message, {topic_, stream.inbox->publisher(), stream.inbox->missed()});
      });
    }
    return true;
  }
  Status why(Code::kUnavailable, "the server ended the topic");
  if (failure != nullptr) {
    try {
      std::rethrow_exception(failure);
    } catch (const RpcException& failed) {
      why = failed.status();
    }
  }
  StreamEnded(stream, why);
  return false;
}

void StreamSubscription::StreamEnded(Stream& stream, const Status& why) {
  bool over = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stream.over = true;
    running_.reset();
    if (!end_.has_value()) {
      if (stream.on.is_over()) {
        lost_ = true;
      } else {
        end_ = why;
      }
    }
    over = end_.has_value();
  }
  if (over) {
    TellEnd();
  } else {
    StartIfDue();
  }
}

void StreamSubscription::End(const Status& why) {
  std::shared_ptr<Stream> stream;
  bool now = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (end_.has_value()) {
      return;
    }
    end_ = why;
    stream = running_;
    now = stream == nullptr && !starting_;
  }
  if (stream != nullptr) {
    stream->call->Cancel();
  } else if (now) {
    TellEnd();
  }
}

void StreamSubscription::TellEnd() {
  std::function<void()> unfollow;
  std::optional<Status> why;
  bool never_held = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(told_end_, true)) {
      return;
    }
    unfollow.swap(unfollow_);
    why = end_;
    never_held = !std::exchange(told_held_, true);
  }
  if (unfollow) {
    unfollow();
  }
  if (never_held) {
    held_promise_.set_exception(std::make_exception_ptr(RpcException(*why, Outcome::kUnknown)));
  }
  end_promise_.set_value(*why);
}

void StreamSubscription::Close() { End(ClosedSubscription()); }

}  // namespace parley
