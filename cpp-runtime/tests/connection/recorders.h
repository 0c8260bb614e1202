#ifndef PARLEY_TESTS_CONNECTION_RECORDERS_H_
#define PARLEY_TESTS_CONNECTION_RECORDERS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connection/incoming_call.h"
#include "connection/receiver.h"
#include "parley/connection/outgoing_call.h"

namespace parley {

/// How a call of the connection ended.
class RecordedCall final : public OutgoingCall {
 public:
  void Succeeded(const Envelope& response) override {
    ++ends;
    reply = std::string(response.payload);
  }
  void Failed(const StatusMessage& why, Outcome how, const std::vector<MetadataField>&) override {
    ++ends;
    status = why;
    outcome = how;
  }
  void Message(const Envelope& message, std::uint64_t cost) override {
    EXPECT_EQ(ends, 0) << "a message behind the end";
    messages.emplace_back(message.payload);
    costs.push_back(cost);
  }
  void Sendable() override { ++times_sendable; }

  int ends = 0;
  int times_sendable = 0;
  std::vector<std::string> messages;
  std::vector<std::uint64_t> costs;
  std::optional<std::string> reply;
  StatusMessage status;
  std::optional<Outcome> outcome;
};

/// Takes what arrives, and keeps it for the test: the messages of a call that streams as payloads
/// too, its end as "END".
class RecordingReceiver final : public Receiver {
 public:
  std::optional<Refusal> Admit(const std::string&, const HelloMessage&) override {
    return refusal.has_value() ? std::optional<Refusal>({*refusal}) : std::nullopt;
  }
  void Opened(const std::string& name, const HelloMessage&) override { opened = name; }
  void Request(const std::shared_ptr<IncomingCall>& call, const Envelope& request) override {
    calls.push_back(call);
    payloads.emplace_back(request.payload);
    if (call->open()) {
      requests_.push_back(std::make_shared<RecordingRequests>(*this));
      call->OnRequests(requests_.back());
    }
    if (answers) {
      ASSERT_TRUE(call->Begin());
      call->Reply(OutgoingMessage::OfBytes(request.payload), {});
    }
  }
  void Event(const Envelope& event) override { events.emplace_back(event.payload); }
  void Closed(const StatusMessage& why) override { closed = why; }

  bool answers = false;
  std::optional<StatusMessage> refusal;
  std::optional<std::string> opened;
  std::optional<StatusMessage> closed;
  std::vector<std::shared_ptr<IncomingCall>> calls;
  std::vector<std::string> payloads;
  std::vector<std::uint64_t> costs;
  std::vector<std::string> events;

 private:
  class RecordingRequests final : public IncomingCall::Requests {
   public:
    explicit RecordingRequests(RecordingReceiver& receiver) : receiver_(receiver) {}
    void Message(const Envelope& message, std::uint64_t cost) override {
      receiver_.payloads.emplace_back(message.payload);
      receiver_.costs.push_back(cost);
    }
    void End() override { receiver_.payloads.emplace_back("END"); }

   private:
    RecordingReceiver& receiver_;
  };

  std::vector<std::shared_ptr<IncomingCall::Requests>> requests_;
};

}  // namespace parley

#endif  // PARLEY_TESTS_CONNECTION_RECORDERS_H_
