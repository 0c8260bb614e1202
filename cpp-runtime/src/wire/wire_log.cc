#include "parley/wire/wire_log.h"

#include <cstdio>

namespace parley {

namespace {

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
  if (!value.empty()) line += std::string(" ") + name + "=" + Printable(value);
}

void Number(std::string& line, const char* name, std::uint64_t value) {
  if (value != 0) line += std::string(" ") + name + "=" + std::to_string(value);
}

}  // namespace

std::string Printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char c : text.substr(0, limit)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7f && byte != '\\') {
      out += c;
    } else {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    }
  }
  if (text.size() > limit) out += "...";
  return out;
}

std::string WireLogLine(Direction direction, std::string_view peer, const Envelope& envelope,
                        std::size_t frame_size) {
  std::string line = direction == Direction::kIn ? "<<" : ">>";
  Left(line, Printable(peer), kPeerColumn);
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
