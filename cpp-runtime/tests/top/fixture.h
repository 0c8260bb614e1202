#ifndef PARLEY_TESTS_TOP_FIXTURE_H_
#define PARLEY_TESTS_TOP_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

#include "parley/parley.h"
#include "support/gate.h"
#include "support/temp_directory.h"
#include "support/text_message.h"

namespace parley {

/// A server of the text service at a path of its own, and what its handlers share with the test.
class ServerFixture : public ::testing::Test {
 protected:
  Address address() const { return Address::Path(directory_ / "s.sock"); }

  ServiceDefinition TextService() {
    return ServiceDefinition::Builder("test.v1.Text")
        .Unary(kEcho,
               [](const Text& request, CallContext& context) {
                 context.SetReplyMetadata(context.metadata());
                 return request;
               })
        .Unary(kBack,
               [](const Text& request, CallContext& context) {
                 return context.peer().Call(kEcho, Text("back " + request.text));
               })
        .Unary(kFail,
               [](const Text& request, CallContext&) -> Text {
                 if (request.text == "secret") {
                   throw std::runtime_error("the secret text");
                 }
                 throw RpcException(
                     Status(Code::kNotFound, request.text).WithDetails({{"type/x", "detail"}}));
               })
        .Unary(kHold,
               [this](const Text& request, CallContext& context) {
                 context.OnCancel([this] { cancelled_.Arrive(); });
                 held_.Pass();
                 was_cancelled_ = context.IsCancelled();
                 return Text("held " + request.text);
               })
        .ServerStreaming(kStream, [](const Text&, MessageSink<Text>&, CallContext&) {})
        .Build();
  }

  Server::Builder ServerBuilder() {
    Server::Builder builder(address());
    builder.Service(TextService());
    return builder;
  }

  /// What a call ends with.
  static std::pair<Code, Outcome> FailureOf(const std::function<void()>& call) {
    try {
      call();
    } catch (const RpcException& failure) {
      return {failure.code(), failure.outcome()};
    }
    ADD_FAILURE() << "the call did not fail";
    return {Code::kUnknown, Outcome::kReplied};
  }

  static std::pair<Code, Outcome> Failed(Code code, Outcome outcome) { return {code, outcome}; }

  TempDirectory directory_;
  Gate held_;
  Gate cancelled_;
  std::atomic<bool> was_cancelled_{false};
};

inline std::ostream& operator<<(std::ostream& out, Code code) { return out << CodeName(code); }
inline std::ostream& operator<<(std::ostream& out, Outcome outcome) {
  return out << OutcomeName(outcome);
}

}  // namespace parley

#endif  // PARLEY_TESTS_TOP_FIXTURE_H_
