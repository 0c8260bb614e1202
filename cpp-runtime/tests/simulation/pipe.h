#ifndef PARLEY_TESTS_SIMULATION_PIPE_H_
#define PARLEY_TESTS_SIMULATION_PIPE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "parley/transport/link.h"
#include "simulation/scenario.h"
#include "simulation/wire_tap.h"
#include "simulation/world.h"

namespace parley::simulation {

/// One direction of a connection: bytes on their way, in pieces, late, and perhaps cut off.
///
/// It keeps what the kernel promises of a stream socket: bytes arrive in order, a reader gets what
/// arrived before the end, a writer of a broken connection gets an error.
class Pipe {
 public:
  Pipe(World& world, const Carriage& carriage, WireTap& tap)
      : world_(world), carriage_(carriage), tap_(tap) {}

  /// Sets who is told that there may be something to read, or room.
  void Tell(std::function<void()> readable, std::function<void()> writable);
  /// Has `cut` run, once, when `bytes` have been written.
  void CutAfter(std::uint64_t bytes, std::function<void()> cut);

  // The writer's end.

  Transfer Write(const char* data, std::size_t size);
  bool IsWritable() const;
  /// The writer's side writes no more.
  void End();

  // The reader's end.

  Transfer Read(char* data, std::size_t size);
  bool IsReadable() const { return arrived_ > 0 || end_arrived_; }
  /// How many bytes were read.
  std::uint64_t read() const { return read_; }
  /// The reader's side reads no more; whether bytes were lost by it.
  bool Abandon();

  // The end of the connection.

  /// Of what is on its way only the first part still arrives. Then the end.
  void Cut();
  /// What was written still arrives; then the end, and no more is taken.
  void BreakOff();
  /// The other side has gone with bytes unread: after what arrived, an error.
  void ResetByPeer() { reset_ = true; }

 private:
  void Arrive(std::uint64_t whole);

  World& world_;
  const Carriage carriage_;
  WireTap& tap_;
  std::function<void()> readable_;
  std::function<void()> writable_;
  std::function<void()> cut_;

  /// What was written and not read; the first `arrived_` bytes have arrived.
  std::string bytes_;
  std::size_t arrived_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t arrived_in_all_ = 0;
  std::int64_t last_arrival_ = 0;
  std::uint64_t cut_after_ = UINT64_MAX;
  bool ended_ = false;
  bool end_arrived_ = false;
  bool reset_ = false;
  bool broken_ = false;
  bool swallows_ = false;
};

/// One end of two pipes.
class SimulatedLink final : public Link {
 public:
  /// @param loop the loop of the side that has it
  SimulatedLink(World& world, Pipe& in, Pipe& out, int loop);

  Transfer Read(char* data, std::size_t size) override;
  Transfer Write(const char* data, std::size_t size) override;
  void ShutdownWrite() override;
  void ShutdownBoth() override;
  void Close() override;
  int descriptor() const override { return -1; }
  const Credentials& credentials() const override { return credentials_; }

  /// Whether a read would give bytes, the end, or an error.
  bool IsReadable() const { return !closed_ && in_.IsReadable(); }
  /// Whether a write would take bytes, or give an error.
  bool IsWritable() const { return !closed_ && out_.IsWritable(); }
  bool is_closed() const { return closed_; }

 private:
  World& world_;
  Pipe& in_;
  Pipe& out_;
  const int loop_;
  Credentials credentials_;
  bool reading_ = false;
  bool writing_ = false;
  bool closed_ = false;
};

}  // namespace parley::simulation

#endif  // PARLEY_TESTS_SIMULATION_PIPE_H_
