#include "parley/wire/wire_log.h"

#include <cstdio>

namespace parley {

namespace {

/// One character of UTF-8; no bytes where there is none.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

Character CharacterAt(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + size > text.size() || !IsUtf8(text.substr(at, size))) return {};
  std::uint32_t code = size == 1 ? first : first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
  }
  return {code, size};
}

std::string Hex(const char* mark, std::uint32_t number, int digits) {
  char text[16];
  std::snprintf(text, sizeof text, "%s%0*x", mark, digits, static_cast<unsigned>(number));
  return text;
}

/// A peer's text in the log of frames: visible ASCII, and UTF-16 units for the rest.
std::string Escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const Character next = CharacterAt(text, at);
    if (next.size == 0) {
      out += "\\ufffd";
    } else if (next.code > ' ' && next.code < 0x7f) {
      out += text[at];
    } else if (next.code < 0x10000) {
      out += Hex("\\u", next.code, 4);
    } else {
      out += Hex("\\u", 0xd800 + ((next.code - 0x10000) >> 10), 4);
      out += Hex("\\u", 0xdc00 + ((next.code - 0x10000) & 0x3ff), 4);
    }
    at += next.size == 0 ? 1 : next.size;
  }
  return out;
}

constexpr std::size_t kPeerColumn = 24;
constexpr std::size_t kTypeColumn = 8;
constexpr std::size_t kIdColumn = 10;
constexpr std::size_t kSizeColumn = 7;

void Left(std::string& line, const std::string& text, std::size_t width) {
  line += ' ' + text;
  if (text.size() < width) line.append(width - text.size(), ' ');
}

void Right(std::string& line, const std::string& text, std::size_t width) {
  line += ' ';
  if (text.size() < width) line.append(width - text.size(), ' ');
  line += text;
}

void Text(std::string& line, const char* name, std::string_view value) {
  if (!value.empty()) line += std::string(" ") + name + "=" + Escaped(value);
}

void Number(std::string& line, const char* name, std::uint64_t value) {
  if (value != 0) line += std::string(" ") + name + "=" + std::to_string(value);
}

}  // namespace

std::string Printable(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size() && at < limit) {
    const Character next = CharacterAt(text, at);
    if (next.size == 0) {
      out += Hex("\\x", static_cast<unsigned char>(text[at]), 2);
    } else if (next.code == '"') {
      out += "\\\"";
    } else if (next.code < ' ' || (next.code >= 0x7f && next.code < 0xa0)) {
      out += Hex("\\u", next.code, 4);
    } else {
      out += text.substr(at, next.size);
    }
    at += next.size == 0 ? 1 : next.size;
  }
  if (at < text.size()) out += "...";
  return out;
}

std::string WireLogLine(Direction direction, std::string_view peer, const Envelope& envelope,
                        std::size_t frame_size) {
  std::string line = direction == Direction::kIn ? "<<" : ">>";
  Left(line, Escaped(peer), kPeerColumn);
  Left(line, ToString(envelope.type), kTypeColumn);
  Right(line, std::to_string(envelope.id), kIdColumn);
  Right(line, std::to_string(frame_size), kSizeColumn);
  Text(line, "name", envelope.name);
  Text(line, "sent_by", envelope.sent_by);
  if (envelope.type == FrameType::kResponse) {
    line += envelope.success ? " success=true" : " success=false";
  }
  if (envelope.open) line += " open";
  if (envelope.more) line += " more";
  Number(line, "timeout_us", envelope.timeout_us);
  Number(line, "credit", envelope.credit);
  Number(line, "fds", envelope.fds);
  Number(line, "metadata", envelope.metadata.size());
  Number(line, "missed", envelope.missed);
  Number(line, "payload", envelope.payload.size());
  return line;
}

}  // namespace parley
