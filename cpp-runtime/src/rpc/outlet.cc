#include "rpc/outlet.h"

#include <exception>
#include <utility>
#include <vector>

#include "connection/step_aside.h"

namespace parley {
namespace {

RpcException AfterTheLast() {
  return RpcException(Code::kFailedPrecondition,
                      "the stream was finished: no more messages follow");
}

}  // namespace

RpcException Outlet::FailureOf(Offer offer) {
  return offer == Offer::kChanged
             ? RpcException(Status(Code::kInvalidArgument, "the message changed while it was sent"),
                            Outcome::kNotSent)
             : target_.Over();
}

void Outlet::Finish() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    finished_ = true;
    if (!waiting_.empty()) {
      finish_waits_ = true;
      return;
    }
  }
  target_.Finish();
}

void Outlet::Send(const OutgoingMessage& message) {
  std::shared_ptr<Waiting> mine;
  Offer offer = Offer::kNoRoom;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) {
      throw RpcException(AfterTheLast());
    }
    if (waiting_.empty()) {
      offer = target_.Try(message);
    }
    if (offer == Offer::kNoRoom) {
      mine = std::make_shared<Waiting>();
      mine->message = message;
      waiting_.push_back(mine);
    }
  }
  if (mine == nullptr) {
    target_.FlushSends();
  } else {
    target_.Flush();
    StepAside();
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&mine] { return mine->end.has_value(); });
    offer = *mine->end;
  }
  if (offer != Offer::kTaken) {
    throw RpcException(FailureOf(offer));
  }
}

std::future<void> Outlet::SendAsync(const OutgoingMessage& message) {
  std::promise<void> promise;
  std::future<void> future = promise.get_future();
  Offer offer = Offer::kNoRoom;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (finished_) {
      promise.set_exception(std::make_exception_ptr(AfterTheLast()));
      return future;
    }
    if (waiting_.empty()) {
      offer = target_.Try(message);
    }
    if (offer == Offer::kNoRoom) {
      auto mine = std::make_shared<Waiting>();
      mine->copy.resize(message.size);
      if (message.WriteTo(mine->copy.data())) {
        mine->view = mine->copy;
        mine->message = OutgoingMessage::OfBytes(mine->view);
        mine->promise = std::move(promise);
        waiting_.push_back(std::move(mine));
        return future;
      }
      offer = Offer::kChanged;
    }
  }
  target_.FlushSends();
  if (offer == Offer::kTaken) {
    promise.set_value();
  } else {
    promise.set_exception(std::make_exception_ptr(FailureOf(offer)));
  }
  return future;
}

void Outlet::Pump() {
  std::vector<std::shared_ptr<Waiting>> told;
  bool finish = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    while (!waiting_.empty()) {
      const Offer offer = target_.Try(waiting_.front()->message);
      if (offer == Offer::kNoRoom) {
        break;
      }
      waiting_.front()->end = offer;
      if (waiting_.front()->promise.has_value()) {
        told.push_back(std::move(waiting_.front()));
      }
      waiting_.pop_front();
    }
    finish = finish_waits_ && waiting_.empty();
    finish_waits_ = finish_waits_ && !finish;
    changed_.notify_all();
  }
  if (finish) {
    target_.Finish();
  }
  target_.Flush();
  for (const std::shared_ptr<Waiting>& sent : told) {
    if (*sent->end == Offer::kTaken) {
      sent->promise->set_value();
    } else {
      sent->promise->set_exception(std::make_exception_ptr(FailureOf(*sent->end)));
    }
  }
}

}  // namespace parley
