#ifndef PARLEY_RPC_EVENT_CONTEXT_H_
#define PARLEY_RPC_EVENT_CONTEXT_H_

#include <string_view>

#include "parley/export.h"
#include "parley/rpc/metadata.h"
#include "parley/rpc/peer.h"

namespace parley {

/// What an event's handler knows of it. It lives until the handler returns.
class PARLEY_EXPORT EventContext {
 public:
  EventContext() = default;
  EventContext(const EventContext&) = delete;
  EventContext& operator=(const EventContext&) = delete;
  virtual ~EventContext();

  /// Who sent it.
  virtual Peer& peer() = 0;

  virtual std::string_view name() const = 0;

  virtual const Metadata& metadata() const = 0;
};

}  // namespace parley

#endif  // PARLEY_RPC_EVENT_CONTEXT_H_
