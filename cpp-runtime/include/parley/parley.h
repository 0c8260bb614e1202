#ifndef PARLEY_PARLEY_H_
#define PARLEY_PARLEY_H_

/// @file
/// All that programs and generated code use of Parley.

#include "parley/address.h"
#include "parley/client.h"
#include "parley/connection/executor.h"
#include "parley/connection/outcome.h"
#include "parley/connection/wire_log_sink.h"
#include "parley/rpc/bidi_stream.h"
#include "parley/rpc/call_context.h"
#include "parley/rpc/call_options.h"
#include "parley/rpc/caller.h"
#include "parley/rpc/client_interceptor.h"
#include "parley/rpc/client_stream.h"
#include "parley/rpc/code.h"
#include "parley/rpc/event_context.h"
#include "parley/rpc/forwarding_call_context.h"
#include "parley/rpc/forwarding_channel.h"
#include "parley/rpc/future.h"
#include "parley/rpc/in_process.h"
#include "parley/rpc/log_sink.h"
#include "parley/rpc/message_bytes.h"
#include "parley/rpc/message_sink.h"
#include "parley/rpc/message_stream.h"
#include "parley/rpc/metadata.h"
#include "parley/rpc/method.h"
#include "parley/rpc/peer.h"
#include "parley/rpc/retry_policy.h"
#include "parley/rpc/rpc_exception.h"
#include "parley/rpc/server_interceptor.h"
#include "parley/rpc/service_definition.h"
#include "parley/rpc/shape.h"
#include "parley/rpc/status.h"
#include "parley/server.h"
#include "parley/transport/transport_error.h"

#endif  // PARLEY_PARLEY_H_
