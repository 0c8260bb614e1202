#ifndef CONFORMANCE_RENDEZVOUS_H_
#define CONFORMANCE_RENDEZVOUS_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace conformance {

/// The gates and logs of this process. Safe for use by many threads.
class Rendezvous {
 public:
  void Open(const std::string& gate);
  /// Waits until the gate is open.
  void Await(const std::string& gate);
  /// Waits until the gate is open or `stopped` says so; an empty name is a gate that stays closed.
  void AwaitUnless(const std::string& gate, const std::function<bool()>& stopped);
  /// Ends every wait, now and later.
  void OpenAll();
  /// Has everyone who waits look again.
  void Wake();

  void Note(const std::string& log, const std::string& text);
  /// All notes of a log, which is empty then.
  std::vector<std::string> Take(const std::string& log);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool all_open_ = false;
  std::set<std::string> open_;
  std::map<std::string, std::vector<std::string>> logs_;
};

}  // namespace conformance

#endif  // CONFORMANCE_RENDEZVOUS_H_
