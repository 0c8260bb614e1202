#ifndef CONFORMANCE_READING_H_
#define CONFORMANCE_READING_H_

#include <exception>
#include <future>
#include <optional>
#include <string>

#include "line.h"
#include "messages.h"
#include "tally.h"

namespace conformance {

/// A part of a stream that is read, and what came. For one thread at a time.
class Reading {
 public:
  using Stream = parley::MessageStream<v1::StreamReply>;

  /// @param most after so many messages it stops; 0: at the end of the stream
  /// @param whole the payloads are told as well, not their digest alone
  Reading(std::uint64_t most, bool whole) : most_(most), whole_(whole) {}
  /// Waits for what was started, which ends with its call at the latest.
  ~Reading() {
    if (all_.valid()) {
      all_.wait();
    }
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  /// Reads and waits.
  void Block(Stream& stream);

  /// Asks for the first message, or for all where it goes to the end, and does not wait.
  void Start(Stream& stream);

  /// Waits for the rest of what was started.
  void Finish(Stream& stream);

  /// What came. Once it is over.
  Line Tell() const;

 private:
  void Take(const v1::StreamReply& message);
  void Failed(const parley::RpcException& failure);

  const std::uint64_t most_;
  const bool whole_;
  Tally tally_;
  std::string payloads_;
  std::string end_ = "more";
  std::optional<parley::RpcException> failure_;
  std::future<std::optional<v1::StreamReply>> next_;
  std::future<void> all_;
};

}  // namespace conformance

#endif  // CONFORMANCE_READING_H_
