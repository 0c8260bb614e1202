#ifndef PARLEY_TESTS_SUPPORT_VECTORS_H_
#define PARLEY_TESTS_SUPPORT_VECTORS_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/hex.h"

namespace parley {

/// The test vectors of the specification, in the format of its `vectors/README.md`.
namespace vectors {

inline std::string Contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The files of a folder that end in `suffix`, in order, that suffix taken off. Fails when there is
/// none: a test of nothing proves nothing.
inline std::vector<std::filesystem::path> In(const std::string& folder, const std::string& suffix) {
  std::vector<std::filesystem::path> stems;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(PARLEY_SPEC_DIR) / "vectors" / folder)) {
    if (entry.path().extension() == suffix) {
      stems.push_back(std::filesystem::path(entry.path()).replace_extension());
    }
  }
  if (stems.empty()) throw std::runtime_error("no vectors in " + folder);
  std::sort(stems.begin(), stems.end());
  return stems;
}

inline std::string With(const std::filesystem::path& stem, const std::string& suffix) {
  return stem.string() + suffix;
}

/// The bytes of a `.hex` file.
inline std::string Bytes(const std::filesystem::path& stem) {
  std::string digits;
  bool comment = false;
  for (const char c : Contents(With(stem, ".hex"))) {
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (!comment) digits += c;
  }
  return FromHex(digits);
}

/// The lines `key: value` of a `.txt` file, in order.
using Lines = std::vector<std::pair<std::string, std::string>>;

inline Lines LinesOf(const std::filesystem::path& stem) {
  Lines lines;
  std::ifstream file(With(stem, ".txt"));
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) throw std::runtime_error(stem.string() + ": " + line);
    lines.emplace_back(line.substr(0, colon),
                       line.size() > colon + 1 ? line.substr(colon + 2) : "");
  }
  return lines;
}

inline bool Has(const Lines& lines, const std::string& key) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const auto& line) { return line.first == key; });
}

/// The first value of a key; empty when there is none.
inline std::string Get(const Lines& lines, const std::string& key) {
  for (const auto& [name, value] : lines) {
    if (name == key) return value;
  }
  return "";
}

/// Undoes the `\xHH` of a string.
inline std::string Unescaped(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      bytes += FromHex(text.substr(i + 2, 2));
      i += 3;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

/// One field of a `.textproto`: a scalar as it is written, strings unescaped, or a message.
struct Field {
  std::string name;
  std::string value;
  std::vector<Field> fields;
};

/// Reads the small part of the text format that the vectors use.
class TextReader {
 public:
  explicit TextReader(std::string text) : text_(std::move(text)) {}

  std::vector<Field> Fields() {
    std::vector<Field> fields;
    while (Skip() && text_[at_] != '}') {
      Field field;
      field.name = Word();
      Skip();
      if (text_.at(at_) == ':') ++at_;
      Skip();
      if (text_.at(at_) == '{') {
        ++at_;
        field.fields = Fields();
        ++at_;
      } else if (text_[at_] == '"') {
        const std::size_t end = text_.find('"', at_ + 1);
        field.value = Unescaped(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
      } else {
        field.value = Word();
      }
      fields.push_back(std::move(field));
    }
    return fields;
  }

 private:
  // Passes over white space and comments; false at the end.
  bool Skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t') {
        ++at_;
      } else {
        return true;
      }
    }
    return false;
  }

  std::string Word() {
    const std::size_t end = std::min(text_.find_first_of(" \t\n:{}#", at_), text_.size());
    if (end == at_) throw std::runtime_error("no word at byte " + std::to_string(at_));
    const std::string word = text_.substr(at_, end - at_);
    at_ = end;
    return word;
  }

  std::string text_;
  std::size_t at_ = 0;
};

inline std::vector<Field> TextOf(const std::filesystem::path& stem) {
  return TextReader(Contents(With(stem, ".textproto"))).Fields();
}

}  // namespace vectors
}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_VECTORS_H_
