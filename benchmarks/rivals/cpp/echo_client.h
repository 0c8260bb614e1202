// What a client program can do, whatever it stands on: the single calls that commands are made of.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>

namespace bench {

using Clock = std::chrono::steady_clock;

/// Thrown by what a client cannot do: its command is answered by "unsupported".
class Unsupported : public std::exception {
 public:
  const char* what() const noexcept override { return "unsupported"; }
};

/// An echo that can be started again and again, each time after it has completed.
class Call {
 public:
  virtual ~Call() = default;

  /// Sends the message, and does not wait.
  virtual void Start() = 0;
};

/// One connection to a server that sends every message back. Every failure is an exception.
class EchoClient {
 public:
  virtual ~EchoClient() = default;

  /// From now on messages have so many bytes. Not beside a call.
  virtual void SetSize(std::size_t bytes) = 0;

  /// Sends a message, and waits until it is back.
  virtual void Echo() = 0;

  /// The same with the asynchronous form of the call, and a blocking wait for its result.
  virtual void AsyncEcho() { throw Unsupported(); }

  /// Has the server call back over the same connection before it replies.
  virtual void EchoBack() { throw Unsupported(); }

  /// Whether several threads may make blocking echoes at once.
  virtual bool HasManyCallers() const { return false; }

  /// A call that runs `done` when its reply is there, on whatever thread learns of it. `done` may
  /// start it again.
  virtual std::unique_ptr<Call> NewCall(std::function<void()> done);

  /// Keeps `in_flight` echoes on their way for so long: what completes one starts the next. Returns
  /// how many came back.
  virtual std::uint64_t Callbacks(Clock::duration duration, std::size_t in_flight);

  /// Reads an endless stream for so long. Returns how many messages came.
  virtual std::uint64_t Stream(Clock::duration) { throw Unsupported(); }

  /// Sees to it that so many more connections are open beside the one. Returns how many are.
  virtual std::size_t Open(std::size_t) { throw Unsupported(); }
};

}  // namespace bench
