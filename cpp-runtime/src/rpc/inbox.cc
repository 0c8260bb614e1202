#include "rpc/inbox.h"

#include <exception>
#include <optional>
#include <utility>

#include "rpc/one_message.h"

namespace parley {

MessageInbox::~MessageInbox() = default;

std::shared_ptr<MessageInbox> MessageInbox::OfOne(std::string message) {
  return std::make_shared<OneMessage>(std::move(message));
}

MessageOutlet::~MessageOutlet() = default;

void Inbox::Add(std::string message, std::uint64_t cost, std::string publisher,
                std::uint64_t missed) {
  Taker reader;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (asked_ == nullptr && !closed_) {
      waiting_.push_back({std::move(message), cost, std::move(publisher), missed});
      if (!arrived_.IsOver()) {
        arrived_.Finish();
      }
      return;
    }
    if (!closed_) {
      reader.swap(asked_);
      publisher_ = std::move(publisher);
      missed_ = missed;
    }
  }
  source_.Consumed(cost);
  if (reader != nullptr) {
    reader(std::move(message), nullptr);
  }
}

void Inbox::Finish(Failure failure) {
  Taker reader;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) {
      return;
    }
    finished_ = true;
    failure_ = failure;
    reader.swap(asked_);
    arrived_.Finish();
  }
  if (reader != nullptr) {
    reader(std::nullopt, failure ? std::make_exception_ptr(failure()) : nullptr);
  }
}

Inbox::Arrived Inbox::TakeFirst() {
  Arrived first = std::move(waiting_.front());
  waiting_.pop_front();
  publisher_ = std::move(first.publisher);
  missed_ = first.missed;
  return first;
}

std::uint64_t Inbox::missed() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return missed_;
}

std::string Inbox::publisher() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return publisher_;
}

bool Inbox::Next(std::string* message) {
  for (;;) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!waiting_.empty()) {
        Arrived first = TakeFirst();
        *message = std::move(first.message);
        owed_ += first.cost;
        // While many wait, it is given back for several at once.
        if (waiting_.size() >= kMany && ++taken_ % kMany != 0) {
          return true;
        }
        const std::uint64_t owed = std::exchange(owed_, 0);
        lock.unlock();
        source_.Consumed(owed);
        return true;
      }
      if (finished_) {
        if (failure_) {
          const Failure failure = failure_;
          lock.unlock();
          throw RpcException(failure());
        }
        return false;
      }
      arrived_.Reset();
    }
    source_.Await(arrived_);
  }
}

void Inbox::NextAsync(Taker taker) {
  std::optional<Arrived> taken;
  Failure failure;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.empty() && !finished_) {
      asked_ = std::move(taker);
      return;
    }
    failure = failure_;
    if (!waiting_.empty()) {
      taken = TakeFirst();
    }
  }
  if (taken.has_value()) {
    source_.Consumed(taken->cost);
    taker(std::move(taken->message), nullptr);
  } else {
    taker(std::nullopt, failure ? std::make_exception_ptr(failure()) : nullptr);
  }
}

void Inbox::Run(std::function<void()> task) {
  if (!source_.Run(std::move(task))) {
    throw RpcException(Code::kResourceExhausted, "C-5: as many handlers run as this side allows");
  }
}

void Inbox::Close() {
  std::uint64_t unread = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    unread = std::exchange(owed_, 0);
    for (const Arrived& message : waiting_) {
      unread += message.cost;
    }
    waiting_.clear();
  }
  // First of all the sender is told, so that it makes no use of the room that this gives back.
  source_.Abandoned();
  // A handler that throws is about to answer: room for more would let a sender that waits for it
  // send once more, in place of hearing of the failure.
  if (unread > 0 && std::uncaught_exceptions() == 0) {
    source_.Consumed(unread);
  }
}

}  // namespace parley
