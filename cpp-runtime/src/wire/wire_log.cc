#include "parley/wire/wire_log.h"

#include <cstdio>

namespace parley {

namespace {

constexpr std::size_t kPeerColumn = 24;
constexpr std::size_t kTypeColumn = 9;
constexpr std::size_t kIdColumn = 10;
constexpr std::size_t kSizeColumn = 9;

void Left(std::string& line, const std::string& text, std::size_t width) {
  line += text;
  if (text.size() < width) line.append(width - text.size(), ' ');
  line += ' ';
}

void Right(std::string& line, const std::string& text, std::size_t width) {
  if (text.size() < width) line.append(width - text.size(), ' ');
  line += text + ' ';
}

void Number(std::string& line, const char* name, std::uint64_t value, const char* unit = "") {
  if (value != 0) line += std::string(" ") + name + "=" + std::to_string(value) + unit;
}

}  // namespace

std::string Printable(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t taken = 0;
  for (const char c : text) {
    if (taken == limit) {
      out += "...";
      break;
    }
    ++taken;
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\\' || byte == '"') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out;
}

std::string WireLogLine(Direction direction, std::string_view peer, const Envelope& envelope,
                        std::size_t frame_size) {
  std::string line = direction == Direction::kIn ? "<< " : ">> ";
  Left(line, Printable(peer), kPeerColumn);
  Left(line, ToString(envelope.type), kTypeColumn);
  Right(line, std::to_string(envelope.id), kIdColumn);
  Right(line, std::to_string(frame_size), kSizeColumn);
  if (!envelope.name.empty()) line += " " + Printable(envelope.name);
  if (!envelope.sent_by.empty()) line += " sent_by=" + Printable(envelope.sent_by);
  if (envelope.type == FrameType::kResponse) line += envelope.success ? " ok" : " failed";
  Number(line, "timeout", envelope.timeout_us, "us");
  if (envelope.open) line += " open";
  if (envelope.more) line += " more";
  Number(line, "credit", envelope.credit);
  Number(line, "fds", envelope.fds);
  Number(line, "metadata", envelope.metadata.size());
  Number(line, "missed", envelope.missed);
  Number(line, "payload", envelope.payload.size());
  return line;
}

}  // namespace parley
