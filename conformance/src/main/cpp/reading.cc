#include "reading.h"

#include <utility>

namespace conformance {

void Reading::Block(Stream& stream) {
  try {
    if (most_ == 0) {
      for (const v1::StreamReply& message : stream) {
        Take(message);
      }
      end_ = "end";
      return;
    }
    v1::StreamReply message;
    while (tally_.count() < most_) {
      if (!stream.Next(&message)) {
        end_ = "end";
        return;
      }
      Take(message);
    }
  } catch (const parley::RpcException& failure) {
    Failed(failure);
  }
}

void Reading::Start(Stream& stream) {
  if (most_ == 0) {
    all_ = stream.ForEachAsync([this](const v1::StreamReply& message) { Take(message); });
  } else {
    next_ = stream.NextAsync();
  }
}

void Reading::Finish(Stream& stream) {
  try {
    if (all_.valid()) {
      all_.get();
      end_ = "end";
      return;
    }
    while (true) {
      const std::optional<v1::StreamReply> message = next_.get();
      if (!message.has_value()) {
        end_ = "end";
        return;
      }
      Take(*message);
      if (tally_.count() == most_) {
        return;
      }
      next_ = stream.NextAsync();
    }
  } catch (const parley::RpcException& failure) {
    Failed(failure);
  }
}

void Reading::Take(const v1::StreamReply& message) {
  const std::string payload = message.SerializeAsString();
  tally_.Add(payload);
  if (whole_) {
    payloads_ += (tally_.count() > 1 ? "," : "") + ToHex(payload);
  }
}

void Reading::Failed(const parley::RpcException& failure) {
  end_ = "failed";
  failure_ = failure;
}

Line Reading::Tell() const {
  Line line("messages");
  line.With("count", std::to_string(tally_.count()))
      .With("bytes", std::to_string(tally_.bytes()))
      .With("digest", tally_.Digest())
      .With("end", end_);
  if (whole_) {
    line.With("payloads", payloads_);
  }
  if (failure_.has_value()) {
    line.With("code", parley::CodeName(failure_->code()))
        .With("outcome", parley::OutcomeName(failure_->outcome()))
        .WithBytes("message", failure_->status().message());
  }
  return line;
}

}  // namespace conformance
