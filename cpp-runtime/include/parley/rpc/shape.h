#ifndef PARLEY_RPC_SHAPE_H_
#define PARLEY_RPC_SHAPE_H_

namespace parley {

/// Which side of a Method sends a stream of messages instead of exactly one. A one-way method has
/// one request, which travels as an event: no reply, no wait, no outcome (E-1).
enum class Shape { kUnary, kServerStreaming, kClientStreaming, kBidiStreaming, kOneWay };

/// Whether the caller sends any number of messages.
constexpr bool ClientStreams(Shape shape) {
  return shape == Shape::kClientStreaming || shape == Shape::kBidiStreaming;
}

/// Whether the callee answers with any number of messages.
constexpr bool ServerStreams(Shape shape) {
  return shape == Shape::kServerStreaming || shape == Shape::kBidiStreaming;
}

}  // namespace parley

#endif  // PARLEY_RPC_SHAPE_H_
