#ifndef PARLEY_RPC_RPC_EXCEPTION_H_
#define PARLEY_RPC_RPC_EXCEPTION_H_

#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "parley/connection/outcome.h"
#include "parley/export.h"
#include "parley/rpc/code.h"
#include "parley/rpc/metadata.h"
#include "parley/rpc/status.h"

namespace parley {

/// A call that failed, at the caller; thrown by a handler, the failure it wants its caller to see.
///
/// status() says why and outcome() whether the handler may have run. What a handler throws of any
/// other type reaches the caller as INTERNAL with an error id and nothing of its text.
class PARLEY_EXPORT RpcException : public std::exception {
 public:
  explicit RpcException(Status status, Outcome outcome, Metadata metadata = {});

  /// A failure for a handler to throw.
  RpcException(Code code, std::string message);

  /// A failure with details for a handler to throw.
  explicit RpcException(Status status);

  RpcException(const RpcException&) noexcept;
  RpcException& operator=(const RpcException&) noexcept;
  ~RpcException() override;

  /// What a service answers for a method that it leaves to its default.
  static RpcException Unimplemented(std::string_view method);

  const Status& status() const noexcept { return content_->status; }
  Code code() const noexcept { return content_->status.code(); }
  Outcome outcome() const noexcept { return content_->outcome; }

  /// The metadata that came with the failure.
  const Metadata& metadata() const noexcept { return content_->metadata; }

  /// Code, outcome and text.
  const char* what() const noexcept override { return content_->text.c_str(); }

 private:
  /// Shared, so that copying an exception never throws.
  struct Content {
    Status status;
    Outcome outcome;
    Metadata metadata;
    std::string text;
  };

  std::shared_ptr<const Content> content_;
};

}  // namespace parley

#endif  // PARLEY_RPC_RPC_EXCEPTION_H_
