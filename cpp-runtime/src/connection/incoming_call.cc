#include "connection/incoming_call.h"

#include <algorithm>
#include <utility>

#include "connection/connection.h"
#include "connection/fault.h"

namespace parley {

namespace {

std::vector<std::pair<std::string, std::string>> Copy(const std::vector<MetadataField>& fields) {
  std::vector<std::pair<std::string, std::string>> copy;
  copy.reserve(fields.size());
  for (const MetadataField& field : fields) {
    copy.emplace_back(field.key, field.value);
  }
  return copy;
}

}  // namespace

IncomingCall::IncomingCall(std::shared_ptr<Connection> connection, const Envelope& request,
                           std::optional<std::int64_t> deadline)
    : connection_(std::move(connection)),
      id_(request.id),
      method_(request.name),
      metadata_(Copy(request.metadata)),
      open_(request.open),
      deadline_(deadline) {}

std::vector<MetadataField> IncomingCall::metadata() const {
  std::vector<MetadataField> fields;
  fields.reserve(metadata_.size());
  for (const auto& [key, value] : metadata_) {
    fields.push_back({key, value});
  }
  return fields;
}

bool IncomingCall::MayStream() const { return connection_->incoming().streams(); }

Offer IncomingCall::Try(const OutgoingMessage& message, std::string_view sent_by,
                        std::uint64_t missed) {
  return connection_->incoming().Try(*this, message, sent_by, missed);
}

void IncomingCall::Flush() { connection_->Flush(); }

void IncomingCall::FlushSends() { connection_->FlushSends(); }

void IncomingCall::Consumed(std::uint64_t cost) {
  connection_->incoming().Consumed(*this, cost);
  connection_->Flush();
}

void IncomingCall::Await(Waiter& waiter) { connection_->Await(nullptr, waiter, std::nullopt); }

bool IncomingCall::Post(const std::shared_ptr<Job>& job) { return connection_->Post(job); }

void IncomingCall::Stop(const StatusMessage& why) {
  connection_->incoming().Stop(*this, why);
  connection_->Flush();
}

void IncomingCall::CloseConnection(const StatusMessage& why) { connection_->CloseNow(why); }

std::optional<StatusMessage> IncomingCall::WhyStopped() const {
  return connection_->incoming().WhyStopped(*this);
}

std::optional<std::int64_t> IncomingCall::Remaining() const {
  if (!deadline_.has_value()) {
    return std::nullopt;
  }
  return std::max<std::int64_t>(0, *deadline_ - connection_->timers().Now());
}

void IncomingCall::Refuse(int code, std::string text) { Fail(NotRun(code, std::move(text)), {}); }

bool IncomingCall::Begin() { return connection_->incoming().Begin(*this); }

void IncomingCall::Reply(const OutgoingMessage& message,
                         const std::vector<MetadataField>& metadata) {
  connection_->incoming().Reply(*this, message, metadata);
  connection_->FlushSoon();
}

void IncomingCall::Fail(const StatusMessage& status, const std::vector<MetadataField>& metadata) {
  connection_->incoming().Fail(*this, status, metadata);
  connection_->FlushSoon();
}

bool IncomingCall::IsStopped() const { return WhyStopped().has_value(); }

void IncomingCall::OnStop(std::function<void()> listener) {
  connection_->incoming().OnStop(*this, std::move(listener));
}

void IncomingCall::ForgetListeners() { connection_->incoming().ForgetListeners(*this); }

}  // namespace parley
