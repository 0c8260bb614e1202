#include <parley/parley.h>
#include <signal.h>

#include <atomic>
#include <deque>
#include <exception>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "demo/v1/work.parley.h"

namespace {

constexpr long kLimit = 2'000'000;
constexpr long kPiece = 50'000;
constexpr int kWorkers = 3;

/// Counts primes with workers. One of them is killed in the middle: what it was at is done again by
/// another.
class Foreman {
 public:
  explicit Foreman(std::vector<std::string> command) : command_(std::move(command)) {
    for (long from = 0; from < kLimit; from += kPiece) {
      demo::v1::Range piece;
      piece.set_from(from);
      piece.set_to(from + kPiece);
      work_.push_back(piece);
    }
  }

  void Run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < kWorkers; ++i) {
      threads.emplace_back([this, i] { Feed(i == 0); });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    std::cout << primes_ << " primes below " << kLimit << ", in " << pieces_ << " pieces\n"
              << replaced_ << " worker was killed, and another did its work" << std::endl;
  }

 private:
  std::optional<demo::v1::Range> Take() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (work_.empty()) {
      return std::nullopt;
    }
    demo::v1::Range piece = work_.front();
    work_.pop_front();
    return piece;
  }

  void PutBack(const demo::v1::Range& piece) {
    std::lock_guard<std::mutex> lock(mutex_);
    work_.push_back(piece);
  }

  /// Gives a worker one piece after the other, and starts another worker if it dies.
  void Feed(bool kills) {
    auto worker = parley::ChildProcess::Spawn(command_);
    while (const std::optional<demo::v1::Range> piece = Take()) {
      try {
        if (std::exchange(kills, false)) {
          // It is busy with this piece, or has not even begun.
          ::kill(worker->pid(), SIGKILL);
        }
        primes_ += demo::v1::Work::Client(worker->peer()).CountPrimes(*piece).primes();
        ++pieces_;
      } catch (const parley::RpcException&) {
        PutBack(*piece);
        ++replaced_;
        worker = parley::ChildProcess::Spawn(command_);
      }
    }
  }

  const std::vector<std::string> command_;
  std::mutex mutex_;
  std::deque<demo::v1::Range> work_;
  std::atomic<long> primes_{0};
  std::atomic<int> pieces_{0};
  std::atomic<int> replaced_{0};
};

}  // namespace

// Counts primes with workers, which are started by the command that it is given.
int main(int argc, char** argv) {
  try {
    Foreman({argv + 1, argv + argc}).Run();
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
