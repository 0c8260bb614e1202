#include "acts.h"

#include <algorithm>
#include <stdexcept>

#include "stream_back.h"

namespace conformance {

Acts::Acts(Rendezvous& rendezvous, parley::CallContext& context,
           parley::MessageSink<v1::StreamReply>* replies)
    : rendezvous_(rendezvous),
      context_(context),
      replies_(replies),
      cancelled_(std::make_shared<std::atomic<bool>>(false)) {
  context.OnCancel([&rendezvous, cancelled = cancelled_] {
    *cancelled = true;
    rendezvous.Wake();
  });
}

v1::Answer Acts::Play(const v1::StreamRequest& request) {
  try {
    return OrEnd(Take(request));
  } catch (const parley::RpcException& failure) {
    Fail(failure);
    throw;
  }
}

v1::Answer Acts::Play(parley::MessageStream<v1::StreamRequest>& requests) {
  try {
    std::optional<v1::Answer> answer;
    for (const parley::Metadata::Entry& entry : context_.metadata().entries()) {
      if (entry.key == kScript) {
        answer = Take(Parse<v1::StreamRequest>(entry.value));
        break;
      }
    }
    v1::StreamRequest request;
    while (!answer.has_value()) {
      if (!requests.Next(&request)) {
        return OrEnd(std::nullopt);
      }
      tally_.Add(request.SerializeAsString());
      answer = Take(request);
    }
    return *answer;
  } catch (const parley::RpcException& failure) {
    Fail(failure);
    throw;
  }
}

v1::Answer Acts::OrEnd(std::optional<v1::Answer> answer) {
  return answer.has_value() ? *answer : Take(at_end_, "").value_or(v1::Answer());
}

std::optional<v1::Answer> Acts::Take(const v1::StreamRequest& request) {
  at_end_.MergeFrom(request.at_end());
  if (!request.if_failed().empty()) {
    if_failed_ = request.if_failed();
  }
  return Take(request.acts(), "");
}

void Acts::Fail(const parley::RpcException& failure) {
  Take(if_failed_, parley::CodeName(failure.code()));
}

std::optional<v1::Answer> Acts::Take(const ActList& acts, const std::string& failure) {
  const auto cancelled = [this] { return cancelled_->load(); };
  for (const v1::Act& act : acts) {
    switch (act.act_case()) {
      case v1::Act::kSend:
        Send(act.send());
        break;
      case v1::Act::kOpenGate:
        rendezvous_.Open(act.open_gate());
        break;
      case v1::Act::kWaitGate:
        rendezvous_.AwaitUnless(act.wait_gate(), cancelled);
        break;
      case v1::Act::kHoldGate:
        rendezvous_.Await(act.hold_gate());
        break;
      case v1::Act::kWaitCancel:
        rendezvous_.AwaitUnless("", cancelled);
        break;
      case v1::Act::kNote:
        rendezvous_.Note(act.note().log(), act.note().text().empty() ? failure : act.note().text());
        rendezvous_.Open(act.note().open_gate());
        break;
      case v1::Act::kStreamBack:
        StreamBack(act.stream_back());
        break;
      case v1::Act::kReplyMetadata:
        context_.SetReplyMetadata(ToMetadata(act.reply_metadata().metadata()));
        break;
      case v1::Act::kAnswer:
        return act.answer();
      case v1::Act::ACT_NOT_SET:
        throw std::invalid_argument("an act without content");
    }
  }
  return std::nullopt;
}

v1::StreamReply Acts::Next() {
  v1::StreamReply reply;
  reply.set_number(++sent_);
  return reply;
}

void Acts::Send(const v1::Replies& wanted) {
  if (replies_ == nullptr) {
    throw std::invalid_argument("the method answers once");
  }
  for (std::uint32_t time = 0; time < std::max(1u, wanted.times()); time++) {
    v1::StreamReply reply = Next();
    reply.set_text(wanted.text());
    reply.set_payload(Pattern(wanted.payload_size()));
    if (wanted.saw()) {
      See(0, context_, reply.mutable_saw());
    }
    replies_->Send(reply);
  }
}

void Acts::StreamBack(const v1::StreamBack& back) {
  streamed_back_ = PlayStreamBack(back, context_.peer());
  if (replies_ != nullptr) {
    v1::StreamReply reply = Next();
    *reply.mutable_stream_back() = *streamed_back_;
    replies_->Send(reply);
  }
}

}  // namespace conformance
