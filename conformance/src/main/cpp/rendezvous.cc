#include "rendezvous.h"

#include <utility>

namespace conformance {

void Rendezvous::Open(const std::string& gate) {
  if (gate.empty()) {
    return;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  open_.insert(gate);
  changed_.notify_all();
}

void Rendezvous::Await(const std::string& gate) {
  AwaitUnless(gate, [] { return false; });
}

void Rendezvous::AwaitUnless(const std::string& gate, const std::function<bool()>& stopped) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return all_open_ || open_.count(gate) != 0 || stopped(); });
}

void Rendezvous::OpenAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  all_open_ = true;
  changed_.notify_all();
}

void Rendezvous::Wake() {
  const std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();
}

void Rendezvous::Note(const std::string& log, const std::string& text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  logs_[log].push_back(text);
}

std::vector<std::string> Rendezvous::Take(const std::string& log) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(logs_[log], {});
}

}  // namespace conformance
