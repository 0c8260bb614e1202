#ifndef PARLEY_RPC_METADATA_H_
#define PARLEY_RPC_METADATA_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley {

/// What travels beside a request, a reply or an event: pairs of a key and bytes, in order; keys
/// may repeat.
///
/// Limits (rule F-7): 32 pairs, keys of 1 to 64 bytes, 8 KiB in all; going over fails the call
/// before anything is sent.
class Metadata {
 public:
  /// One pair.
  struct Entry {
    std::string key;
    std::string value;

    bool operator==(const Entry& that) const { return key == that.key && value == that.value; }
  };

  /// No pairs.
  Metadata() = default;

  Metadata(std::initializer_list<Entry> entries) : entries_(entries) {}

  /// Adds one pair.
  void Add(std::string key, std::string value) {
    entries_.push_back({std::move(key), std::move(value)});
  }

  /// These pairs and one more.
  Metadata With(std::string key, std::string value) const {
    Metadata more = *this;
    more.Add(std::move(key), std::move(value));
    return more;
  }

  /// The first value of `key`.
  std::optional<std::string_view> Get(std::string_view key) const {
    for (const Entry& entry : entries_) {
      if (entry.key == key) {
        return entry.value;
      }
    }
    return std::nullopt;
  }

  /// All values of `key`, in order.
  std::vector<std::string_view> All(std::string_view key) const {
    std::vector<std::string_view> values;
    for (const Entry& entry : entries_) {
      if (entry.key == key) {
        values.push_back(entry.value);
      }
    }
    return values;
  }

  /// All pairs, in order.
  const std::vector<Entry>& entries() const { return entries_; }

  bool empty() const { return entries_.empty(); }

  bool operator==(const Metadata& that) const { return entries_ == that.entries_; }
  bool operator!=(const Metadata& that) const { return !(*this == that); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace parley

#endif  // PARLEY_RPC_METADATA_H_
