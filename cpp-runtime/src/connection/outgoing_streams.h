#ifndef PARLEY_CONNECTION_OUTGOING_STREAMS_H_
#define PARLEY_CONNECTION_OUTGOING_STREAMS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connection/assembly.h"
#include "connection/message_receiver.h"
#include "connection/message_sender.h"

namespace parley {

/// What a call of this side has besides, if it streams or its RESPONSE comes in parts. Stands under
/// the connection's lock.
struct OutgoingStreams {
  bool client_streams = false;
  bool server_streams = false;
  /// Set with the id, if the caller streams.
  std::shared_ptr<MessageSender> sender;
  /// Set with the id, if the callee streams.
  std::unique_ptr<MessageReceiver> receiver;
  /// A RESPONSE that has begun, and what its first frame said.
  std::optional<Assembly> answer;
  bool answer_success = false;
  std::vector<std::pair<std::string, std::string>> answer_metadata;
  /// Whether the handler has run as far as a message (C-10).
  bool got_message = false;
  /// What was asked for before there was an id.
  bool room_awaited = false;
  bool end_asked = false;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_OUTGOING_STREAMS_H_
