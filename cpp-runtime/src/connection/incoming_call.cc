#include "connection/incoming_call.h"

#include <algorithm>
#include <utility>

#include "connection/connection.h"
#include "connection/fault.h"

namespace parley {

IncomingCall::IncomingCall(std::shared_ptr<Connection> connection, std::uint64_t id,
                           std::size_t size, std::optional<std::int64_t> deadline)
    : connection_(std::move(connection)), id_(id), size_(size), deadline_(deadline) {}

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
  connection_->Flush();
}

void IncomingCall::Fail(const StatusMessage& status, const std::vector<MetadataField>& metadata) {
  connection_->incoming().Fail(*this, status, metadata);
  connection_->Flush();
}

bool IncomingCall::IsStopped() const { return connection_->incoming().IsStopped(*this); }

void IncomingCall::OnStop(std::function<void()> listener) {
  connection_->incoming().OnStop(*this, std::move(listener));
}

void IncomingCall::ForgetListeners() { connection_->incoming().ForgetListeners(*this); }

}  // namespace parley
