// The vectors of the specification, which every peer reads alike.

#include "support/vectors.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "parley/wire/envelope.h"
#include "parley/wire/frame_reader.h"
#include "parley/wire/messages.h"
#include "parley/wire/wire_error.h"

namespace parley {
namespace {

using vectors::Field;

const std::map<std::string, int> kCodes = {
    {"UNKNOWN", 2}, {"RESOURCE_EXHAUSTED", 8}, {"FAILED_PRECONDITION", 9}, {"INTERNAL", 13}};

std::uint64_t Unsigned(const Field& field) { return std::stoull(field.value); }

FrameType TypeOf(const std::string& name) {
  for (int i = 0; i <= 11; ++i) {
    if (ToString(static_cast<FrameType>(i)) == name) return static_cast<FrameType>(i);
  }
  return static_cast<FrameType>(std::stoi(name));
}

Envelope EnvelopeOf(const std::vector<Field>& fields) {
  Envelope envelope;
  for (const Field& field : fields) {
    if (field.name == "id") {
      envelope.id = Unsigned(field);
    } else if (field.name == "sent_by") {
      envelope.sent_by = field.value;
    } else if (field.name == "type") {
      envelope.type = TypeOf(field.value);
    } else if (field.name == "success") {
      envelope.success = field.value == "true";
    } else if (field.name == "name") {
      envelope.name = field.value;
    } else if (field.name == "timeout_us") {
      envelope.timeout_us = Unsigned(field);
    } else if (field.name == "open") {
      envelope.open = field.value == "true";
    } else if (field.name == "more") {
      envelope.more = field.value == "true";
    } else if (field.name == "credit") {
      envelope.credit = Unsigned(field);
    } else if (field.name == "fds") {
      envelope.fds = static_cast<std::uint32_t>(Unsigned(field));
    } else if (field.name == "metadata") {
      MetadataField entry;
      for (const Field& part : field.fields) {
        (part.name == "key" ? entry.key : entry.value) = part.value;
      }
      envelope.metadata.push_back(entry);
    } else if (field.name == "missed") {
      envelope.missed = Unsigned(field);
    } else if (field.name == "payload") {
      envelope.payload = field.value;
    } else {
      throw std::runtime_error("no field of Envelope: " + field.name);
    }
  }
  return envelope;
}

HelloMessage HelloOf(const std::vector<Field>& fields) {
  HelloMessage hello;
  for (const Field& field : fields) {
    if (field.name == "version") {
      hello.version = static_cast<std::uint32_t>(Unsigned(field));
    } else if (field.name == "min_version") {
      hello.min_version = static_cast<std::uint32_t>(Unsigned(field));
    } else if (field.name == "level") {
      hello.level = static_cast<std::uint32_t>(Unsigned(field));
    } else if (field.name == "features") {
      hello.features = Unsigned(field);
    } else if (field.name == "max_frame") {
      hello.max_frame = static_cast<std::uint32_t>(Unsigned(field));
    } else if (field.name == "max_message") {
      hello.max_message = Unsigned(field);
    } else if (field.name == "window") {
      hello.window = Unsigned(field);
    } else if (field.name == "max_calls") {
      hello.max_calls = static_cast<std::uint32_t>(Unsigned(field));
    } else if (field.name == "payload") {
      hello.payload = field.value;
    } else {
      throw std::runtime_error("no field of Hello: " + field.name);
    }
  }
  return hello;
}

StatusMessage StatusOf(const std::vector<Field>& fields) {
  StatusMessage status;
  for (const Field& field : fields) {
    if (field.name == "code") {
      status.code = std::stoi(field.value);
    } else if (field.name == "message") {
      status.message = field.value;
    } else if (field.name == "not_run") {
      status.not_run = field.value == "true";
    } else if (field.name == "details") {
      AnyMessage any;
      for (const Field& part : field.fields) {
        (part.name == "type_url" ? any.type_url : any.value) = part.value;
      }
      status.details.push_back(any);
    } else {
      throw std::runtime_error("no field of Status: " + field.name);
    }
  }
  return status;
}

/// The bytes that our encoder makes of an envelope, without the length before them.
std::string BytesOf(const Envelope& envelope) {
  std::string frame;
  AppendFrame(envelope, frame);
  return frame.substr(4);
}

TEST(Vectors, anEncoderMakesTheCanonicalEnvelopes) {
  for (const auto& stem : vectors::In("envelope/canonical", ".hex")) {
    const std::vector<Field> fields = vectors::TextOf(stem);
    EXPECT_EQ(ToHex(BytesOf(EnvelopeOf(fields))), ToHex(vectors::Bytes(stem))) << stem;
  }
}

TEST(Vectors, aDecoderReadsEnvelopesAsTheirText) {
  for (const char* folder : {"envelope/canonical", "envelope/valid"}) {
    for (const auto& stem : vectors::In(folder, ".hex")) {
      const std::string bytes = vectors::Bytes(stem);
      const std::vector<Field> fields = vectors::TextOf(stem);
      Envelope envelope;
      ASSERT_NO_THROW(DecodeEnvelope(bytes, envelope)) << stem;
      ASSERT_NO_THROW(CheckReceived(envelope)) << stem;
      EXPECT_EQ(ToHex(BytesOf(envelope)), ToHex(BytesOf(EnvelopeOf(fields)))) << stem;
    }
  }
}

/// Runs `action` and compares what it throws with rule and code of the vector.
template <typename Action>
void ExpectRefusal(const std::filesystem::path& stem, Action&& action) {
  const vectors::Lines lines = vectors::LinesOf(stem);
  try {
    action();
    ADD_FAILURE() << stem << " was taken";
  } catch (const WireError& error) {
    EXPECT_EQ(error.rule(), vectors::Get(lines, "rule")) << stem << ": " << error.what();
    EXPECT_EQ(error.code(), kCodes.at(vectors::Get(lines, "code"))) << stem << ": " << error.what();
    EXPECT_NE(std::string(error.what()).find(vectors::Get(lines, "guess")), std::string::npos)
        << stem << ": " << error.what();
  }
}

TEST(Vectors, malformedEnvelopesAreRefused) {
  for (const auto& stem : vectors::In("envelope/malformed", ".hex")) {
    const std::string bytes = vectors::Bytes(stem);
    ExpectRefusal(stem, [&] {
      Envelope envelope;
      DecodeEnvelope(bytes, envelope);
      CheckReceived(envelope);
    });
  }
}

TEST(Vectors, hellosAreWrittenAndReadAsTheirText) {
  for (const auto& stem : vectors::In("hello/canonical", ".hex")) {
    EXPECT_EQ(ToHex(Encode(HelloOf(vectors::TextOf(stem)))), ToHex(vectors::Bytes(stem))) << stem;
  }
  for (const char* folder : {"hello/canonical", "hello/valid"}) {
    for (const auto& stem : vectors::In(folder, ".hex")) {
      HelloMessage wanted = HelloOf(vectors::TextOf(stem));
      wanted.ApplyDefaults();
      HelloMessage read;
      ASSERT_NO_THROW(read = DecodeHello(vectors::Bytes(stem))) << stem;
      EXPECT_EQ(ToHex(Encode(read)), ToHex(Encode(wanted))) << stem;
    }
  }
}

TEST(Vectors, malformedHellosAreRefused) {
  for (const auto& stem : vectors::In("hello/malformed", ".hex")) {
    ExpectRefusal(stem, [&] { DecodeHello(vectors::Bytes(stem)); });
  }
}

TEST(Vectors, statusesAreWrittenAndReadAsTheirText) {
  for (const auto& stem : vectors::In("status/canonical", ".hex")) {
    EXPECT_EQ(ToHex(Encode(StatusOf(vectors::TextOf(stem)))), ToHex(vectors::Bytes(stem))) << stem;
  }
  for (const char* folder : {"status/canonical", "status/valid"}) {
    for (const auto& stem : vectors::In(folder, ".hex")) {
      StatusMessage read;
      ASSERT_TRUE(DecodeStatus(vectors::Bytes(stem), read)) << stem;
      EXPECT_EQ(ToHex(Encode(read)), ToHex(Encode(StatusOf(vectors::TextOf(stem))))) << stem;
    }
  }
  for (const auto& stem : vectors::In("status/malformed", ".hex")) {
    StatusMessage read;
    EXPECT_FALSE(DecodeStatus(vectors::Bytes(stem), read)) << stem;
    EXPECT_EQ(read.code, wire_code::kUnknown) << stem;
    EXPECT_EQ(read.message.substr(0, 4), vectors::Get(vectors::LinesOf(stem), "rule")) << stem;
  }
}

TEST(Vectors, goodbyesAreReadAsTheirText) {
  for (const char* folder : {"goaway/canonical", "goaway/valid"}) {
    for (const auto& stem : vectors::In(folder, ".hex")) {
      GoAwayMessage wanted;
      for (const Field& field : vectors::TextOf(stem)) {
        if (field.name == "status") {
          wanted.status = StatusOf(field.fields);
        } else {
          wanted.no_return = field.value == "true";
        }
      }
      GoAwayMessage read;
      ASSERT_TRUE(DecodeGoAway(vectors::Bytes(stem), read)) << stem;
      EXPECT_EQ(ToHex(Encode(read)), ToHex(Encode(wanted))) << stem;
      if (std::string(folder) == "goaway/canonical") {
        EXPECT_EQ(ToHex(Encode(wanted)), ToHex(vectors::Bytes(stem))) << stem;
      }
    }
  }
  for (const auto& stem : vectors::In("goaway/malformed", ".hex")) {
    GoAwayMessage read;
    EXPECT_FALSE(DecodeGoAway(vectors::Bytes(stem), read)) << stem;
    EXPECT_EQ(read.status.code, wire_code::kUnknown) << stem;
  }
}

void FeedAll(FrameReader& reader, std::string_view bytes, std::size_t piece,
             std::vector<std::size_t>& sizes) {
  Envelope envelope;
  while (!bytes.empty()) {
    const FrameReader::Space space = reader.Room();
    const std::size_t count = std::min({bytes.size(), space.size, piece});
    bytes.copy(space.data, count);
    bytes.remove_prefix(count);
    reader.Filled(count);
    while (reader.Next(envelope)) sizes.push_back(reader.frame_size() - 4);
  }
}

TEST(Vectors, bytesAreCutIntoFrames) {
  for (const auto& stem : vectors::In("frame", ".hex")) {
    const std::string bytes = vectors::Bytes(stem);
    const vectors::Lines lines = vectors::LinesOf(stem);
    std::vector<std::size_t> wanted;
    for (const auto& [key, value] : lines) {
      if (key == "frame") wanted.push_back(std::stoul(value));
    }
    const std::string end = vectors::Get(lines, "end");
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000'000}}) {
      FrameReader reader(static_cast<std::uint32_t>(std::stoul(vectors::Get(lines, "limit"))));
      std::vector<std::size_t> sizes;
      if (end == "close") {
        ExpectRefusal(stem, [&] { FeedAll(reader, bytes, piece, sizes); });
      } else {
        ASSERT_NO_THROW(FeedAll(reader, bytes, piece, sizes)) << stem;
        EXPECT_EQ(reader.InFrame(), end == "inside") << stem;
      }
      EXPECT_EQ(sizes, wanted) << stem;
    }
  }
}

}  // namespace
}  // namespace parley
