#ifndef PARLEY_TRANSPORT_LINK_H_
#define PARLEY_TRANSPORT_LINK_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "parley/export.h"
#include "parley/transport/credentials.h"
#include "parley/transport/descriptor.h"
#include "parley/transport/endpoint.h"

namespace parley {

/// What one read or write did.
struct Transfer {
  enum class State {
    kDone,        ///< `count` bytes moved, at least one.
    kWouldBlock,  ///< Nothing moved: wait until ready.
    kEnd,         ///< Read: the peer has closed. Write: the peer takes no more.
    kFailed,      ///< Any other failure, `error_number` tells which.
  };
  State state;
  std::size_t count = 0;
  int error_number = 0;
};

/// A stream of bytes to one peer, never blocking. Knows no frames.
///
/// One thread may read while another writes. `ShutdownBoth` may be called by any thread at any
/// time; `Close` only when no other thread uses the link, since the number is reused at once.
class PARLEY_EXPORT Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link();

  /// Reads up to `size` bytes.
  virtual Transfer Read(char* data, std::size_t size) = 0;

  /// Writes up to `size` bytes. Never raises SIGPIPE.
  virtual Transfer Write(const char* data, std::size_t size) = 0;

  /// Ends the own direction: the peer reads what is on its way, then the end.
  virtual void ShutdownWrite() = 0;

  /// Ends both directions and wakes whoever waits for the descriptor, which stays open.
  virtual void ShutdownBoth() = 0;

  /// Gives the descriptor back. More calls do nothing.
  virtual void Close() = 0;

  /// The descriptor to wait for, or -1 when there is none.
  virtual int descriptor() const = 0;

  /// The peer, known before the first byte in either direction.
  virtual const Credentials& credentials() const = 0;
};

/// A link over a connected Unix socket.
class PARLEY_EXPORT SocketLink final : public Link {
 public:
  /// Takes over a connected stream socket: makes it non-blocking and close-on-exec, and asks the
  /// kernel for the peer's credentials.
  /// @throws TransportError
  explicit SocketLink(Descriptor socket);

  /// Connects. A full backlog is waited for, at most `timeout`; a missing or stale socket is not.
  /// The directories of a name are checked first, as far as they exist. Whether the server's uid is
  /// to be trusted is for the caller to judge before it sends (H-4).
  /// @throws TransportError kNotListening (N-8), kRefused, kSystem
  static std::unique_ptr<SocketLink> Connect(const Endpoint& endpoint,
                                             std::chrono::milliseconds timeout);

  /// Two links that are connected to each other.
  static std::pair<std::unique_ptr<SocketLink>, std::unique_ptr<SocketLink>> Pair();

  Transfer Read(char* data, std::size_t size) override;
  Transfer Write(const char* data, std::size_t size) override;
  void ShutdownWrite() override;
  void ShutdownBoth() override;
  void Close() override;
  int descriptor() const override { return socket_.number(); }
  const Credentials& credentials() const override { return credentials_; }

 private:
  Descriptor socket_;
  Credentials credentials_;
};

}  // namespace parley

#endif  // PARLEY_TRANSPORT_LINK_H_
