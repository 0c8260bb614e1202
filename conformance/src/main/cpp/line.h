#ifndef CONFORMANCE_LINE_H_
#define CONFORMANCE_LINE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace conformance {

/// One line of talk with the runner: a verb and its keys with their values. PEERS.md has the form.
/// A value.
class Line {
 public:
  explicit Line(std::string verb) : verb_(std::move(verb)) {}

  static Line Parse(const std::string& text);

  const std::string& verb() const { return verb_; }
  bool Has(const std::string& key) const { return values_.count(key) != 0; }
  /// The value; empty where the key is absent.
  std::string Word(const std::string& key) const;
  std::uint64_t Number(const std::string& key) const;
  std::string Bytes(const std::string& key) const;

  Line& With(const std::string& key, std::string value);
  Line& WithBytes(const std::string& key, std::string_view value);

  std::string ToString() const;

 private:
  std::string verb_;
  std::map<std::string, std::string> values_;
};

std::string ToHex(std::string_view bytes);
/// @throws std::invalid_argument when it is no hex
std::string FromHex(std::string_view hex);
std::vector<std::string> Split(std::string_view text, char separator);

}  // namespace conformance

#endif  // CONFORMANCE_LINE_H_
