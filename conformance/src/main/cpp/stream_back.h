#ifndef CONFORMANCE_STREAM_BACK_H_
#define CONFORMANCE_STREAM_BACK_H_

#include "messages.h"

namespace conformance {

/// Opens a stream at the caller of a handler, and plays it to its end.
v1::StreamBackResult PlayStreamBack(const v1::StreamBack& back, parley::Peer& peer);

}  // namespace conformance

#endif  // CONFORMANCE_STREAM_BACK_H_
