#ifndef PARLEY_WIRE_LIMITS_H_
#define PARLEY_WIRE_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace parley {

/// The numbers of the protocol, each with the rule that states it. Sizes are bytes.
namespace limits {

/// F-2: the largest frame, length prefix not counted, until the peer's HELLO is read.
inline constexpr std::uint32_t kFirstFrame = 16'384;
/// F-2: bytes of the length that stands before each envelope.
inline constexpr std::size_t kFrameLength = 4;
/// F-4: how long a frame may take from its first byte.
inline constexpr std::chrono::seconds kFrameTime{30};

/// F-7: the longest `name`.
inline constexpr std::size_t kName = 255;
/// F-7: the longest `sent_by`.
inline constexpr std::size_t kSentBy = 64;
/// F-7: the most metadata entries of one envelope.
inline constexpr std::size_t kMetadataEntries = 32;
/// F-7: the longest metadata key.
inline constexpr std::size_t kMetadataKey = 64;
/// F-7: the most bytes of all keys and values of one envelope.
inline constexpr std::size_t kMetadata = 8'192;

/// H-2: the version that this library speaks, and the oldest that it accepts.
inline constexpr std::uint32_t kVersion = 1;
/// H-2: the smallest `max_frame` that a HELLO may state.
inline constexpr std::uint32_t kLeastMaxFrame = 16'384;
/// H-2: the longest payload of a HELLO.
inline constexpr std::size_t kHelloPayload = 8'192;
/// H-5: how long the accepting side waits for HELLO.
inline constexpr std::chrono::seconds kHelloTime{5};
/// H-5: how long the connecting side waits for the answer.
inline constexpr std::chrono::seconds kAnswerTime{10};

/// H-2: what 0 means in a HELLO.
inline constexpr std::uint32_t kDefaultMaxFrame = 4u << 20;
inline constexpr std::uint64_t kDefaultMaxMessage = 64u << 20;
inline constexpr std::uint64_t kDefaultWindow = 256u << 10;
inline constexpr std::uint32_t kDefaultMaxCalls = 1'024;

/// C-1: the highest id of a call.
inline constexpr std::uint64_t kMaxId = (std::uint64_t{1} << 63) - 1;
/// W-1: what a MESSAGE or an EVENT costs beside its payload.
inline constexpr std::uint64_t kFrameCost = 64;
/// A window from here on is never used up.
inline constexpr std::uint64_t kUnlimitedWindow = std::uint64_t{1} << 62;
/// F-10: the longest frame that a message is cut into.
inline constexpr std::uint64_t kFragment = 64u << 10;

/// C-7: a `timeout_us` from here on means no limit.
inline constexpr std::uint64_t kNoTimeout = std::uint64_t{1} << 53;
/// C-11: the most bytes that one connection holds for its peer.
inline constexpr std::uint64_t kHeldBytes = 256u << 20;
/// G-5: how long a closing side reads and discards.
inline constexpr std::chrono::seconds kLinger{1};

/// N-2: the longest name or space.
inline constexpr std::size_t kSocketName = 64;
/// N-1: the longest path of a socket.
inline constexpr std::size_t kSocketPath = 100;
/// N-5: how long a path that is not plainly stale is probed.
inline constexpr std::chrono::seconds kProbeTime{1};

}  // namespace limits
}  // namespace parley

#endif  // PARLEY_WIRE_LIMITS_H_
