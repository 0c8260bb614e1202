#ifndef CONFORMANCE_TALLY_H_
#define CONFORMANCE_TALLY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "messages.h"

namespace conformance {

/// What has come of a stream, in short: how many messages, their bytes, and a digest of these
/// (FNV-1a of 64 bits) that tells another order or content. For one thread.
class Tally {
 public:
  void Add(std::string_view payload) {
    count_++;
    bytes_ += payload.size();
    for (const char byte : payload) {
      digest_ = (digest_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
    }
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t bytes() const { return bytes_; }

  /// The digest in the form of a line: 16 digits.
  std::string Digest() const {
    std::string digits(16, '0');
    std::uint64_t rest = digest_;
    for (std::size_t i = digits.size(); i-- > 0; rest >>= 4) {
      digits[i] = "0123456789abcdef"[rest & 15];
    }
    return digits;
  }

  void Tell(v1::Taken* taken) const {
    taken->set_count(count_);
    taken->set_bytes(bytes_);
    taken->set_digest(digest_);
  }

 private:
  std::uint64_t count_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t digest_ = 0xcbf29ce484222325u;
};

}  // namespace conformance

#endif  // CONFORMANCE_TALLY_H_
