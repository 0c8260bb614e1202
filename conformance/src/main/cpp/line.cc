#include "line.h"

#include <sstream>
#include <stdexcept>

namespace conformance {

Line Line::Parse(const std::string& text) {
  std::istringstream words(text);
  std::string word;
  words >> word;
  Line line(word);
  while (words >> word) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      throw std::invalid_argument("no key=value: " + word);
    }
    line.values_[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return line;
}

std::string Line::Word(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string() : found->second;
}

std::uint64_t Line::Number(const std::string& key) const {
  const std::string word = Word(key);
  return word.empty() ? 0 : std::stoull(word);
}

std::string Line::Bytes(const std::string& key) const { return FromHex(Word(key)); }

Line& Line::With(const std::string& key, std::string value) {
  values_[key] = std::move(value);
  return *this;
}

Line& Line::WithBytes(const std::string& key, std::string_view value) {
  return With(key, ToHex(value));
}

std::string Line::ToString() const {
  std::string text = verb_;
  for (const auto& [key, value] : values_) {
    text += ' ' + key + '=' + value;
  }
  return text;
}

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    hex += kDigits[static_cast<unsigned char>(byte) >> 4];
    hex += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return hex;
}

namespace {

int Digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  throw std::invalid_argument(std::string("no hex digit: ") + digit);
}

}  // namespace

std::string FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) {
    throw std::invalid_argument("hex of an odd length");
  }
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes += static_cast<char>(Digit(hex[i]) * 16 + Digit(hex[i + 1]));
  }
  return bytes;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

}  // namespace conformance
