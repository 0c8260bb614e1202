#ifndef PARLEY_RPC_SHAPE_H_
#define PARLEY_RPC_SHAPE_H_

namespace parley {

/// Which side of a Method sends a stream of messages instead of exactly one.
enum class Shape { kUnary, kServerStreaming, kClientStreaming, kBidiStreaming };

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
