#ifndef PARLEY_TESTS_SUPPORT_HEX_H_
#define PARLEY_TESTS_SUPPORT_HEX_H_

#include <stdexcept>
#include <string>
#include <string_view>

namespace parley {

/// The bytes that hexadecimal digits stand for; blanks between them are passed over.
inline std::string FromHex(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    int digit;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      continue;
    } else {
      throw std::invalid_argument("no hexadecimal digit: " + std::string(1, c));
    }
    if (high < 0) {
      high = digit;
    } else {
      bytes += static_cast<char>(high << 4 | digit);
      high = -1;
    }
  }
  if (high >= 0) throw std::invalid_argument("half a byte at the end");
  return bytes;
}

inline std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_HEX_H_
