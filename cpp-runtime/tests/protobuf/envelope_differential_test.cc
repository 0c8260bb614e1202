// The hand-written codec against protobuf's own classes, on random and hostile input. Both must
// write the same bytes and read the same values; what one refuses the other must refuse.
//
// Left out, since protobuf takes them: groups, and tags of over 5 bytes (F-5).

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "parley/v1/envelope.pb.h"
#include "parley/wire/envelope.h"
#include "parley/wire/wire_error.h"
#include "support/hex.h"

namespace parley {
namespace {

constexpr int kRounds = 20'000;

class EnvelopeDifferential : public testing::Test {
 protected:
  // Hostile bytes are the purpose here: protobuf need not log each.
  EnvelopeDifferential() : log_(google::protobuf::SetLogHandler(nullptr)) {}
  ~EnvelopeDifferential() override { google::protobuf::SetLogHandler(log_); }

  /// Printed with every failure, so that a run can be repeated: PARLEY_TEST_SEED=<seed>.
  std::uint64_t Seed() {
    const char* given = std::getenv("PARLEY_TEST_SEED");
    const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device()();
    RecordProperty("seed", std::to_string(seed));
    return seed;
  }

  std::uint64_t Number(std::uint64_t below) { return random_() % below; }

  std::uint64_t AnyNumber() {
    switch (Number(5)) {
      case 0:
        return 0;
      case 1:
        return ~std::uint64_t{0};
      default:
        return random_() >> Number(64);
    }
  }

  std::string Text(std::size_t longest) {
    static const std::string kPieces[] = {
        "a", "/", ".", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", std::string(1, '\0')};
    std::string text;
    for (std::uint64_t i = Number(longest + 1); i > 0; --i) text += kPieces[Number(7)];
    return text;
  }

  std::string Bytes(std::size_t longest) {
    std::string bytes(Number(longest + 1), '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return bytes;
  }

  v1::Envelope Random() {
    v1::Envelope envelope;
    if (Number(2)) envelope.set_id(AnyNumber());
    if (Number(3) == 0) envelope.set_sent_by(Text(10));
    envelope.set_type(static_cast<v1::Envelope::Type>(
        static_cast<int>(Number(10) == 0 ? AnyNumber() : Number(12))));
    if (Number(2)) envelope.set_success(true);
    if (Number(2)) envelope.set_name(Text(30));
    if (Number(2)) envelope.set_timeout_us(AnyNumber());
    if (Number(3) == 0) envelope.set_open(true);
    if (Number(3) == 0) envelope.set_more(true);
    if (Number(3) == 0) envelope.set_credit(AnyNumber());
    if (Number(3) == 0) envelope.set_fds(static_cast<std::uint32_t>(AnyNumber()));
    for (std::uint64_t i = Number(4); i > 1; --i) {
      v1::Metadata* const entry = envelope.add_metadata();
      entry->set_key(Text(5));
      entry->set_value(Bytes(20));
    }
    if (Number(3) == 0) envelope.set_missed(AnyNumber());
    if (Number(2)) envelope.set_payload(Bytes(Number(10) == 0 ? 1'000 : 20));
    return envelope;
  }

  google::protobuf::LogHandler* log_;
  std::mt19937_64 random_;
};

Envelope ViewOf(const v1::Envelope& from) {
  Envelope envelope;
  envelope.id = from.id();
  envelope.sent_by = from.sent_by();
  envelope.type = static_cast<FrameType>(from.type());
  envelope.success = from.success();
  envelope.name = from.name();
  envelope.timeout_us = from.timeout_us();
  envelope.open = from.open();
  envelope.more = from.more();
  envelope.credit = from.credit();
  envelope.fds = from.fds();
  for (const v1::Metadata& entry : from.metadata()) {
    envelope.metadata.push_back({entry.key(), entry.value()});
  }
  envelope.missed = from.missed();
  envelope.payload = from.payload();
  return envelope;
}

testing::AssertionResult Same(const Envelope& ours, const v1::Envelope& theirs) {
  // Compared as bytes, since both write the same ones for the same values.
  std::string frame;
  if (HeadSize(ours, ours.payload.size()) + ours.payload.size() > 4) AppendFrame(ours, frame);
  v1::Envelope known(theirs);
  known.DiscardUnknownFields();
  const std::string wanted = known.SerializeAsString();
  const std::string got = frame.empty() ? frame : frame.substr(4);
  if (got == wanted) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "ours " << ToHex(got) << ", theirs " << ToHex(wanted);
}

/// Tells whether the bytes have, before any other fault, a shape that protobuf takes and we do not.
bool IsLeftOut(std::string_view bytes, bool nested) {
  std::size_t at = 0;
  std::size_t taken = 0;
  const auto varint = [&](std::uint64_t& value) {
    value = 0;
    for (taken = 0; taken < 10; ++taken) {
      if (at == bytes.size()) return false;
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * taken);
      if (byte < 0x80) {
        ++taken;
        return true;
      }
    }
    return false;
  };
  while (at < bytes.size()) {
    std::uint64_t tag;
    if (!varint(tag)) return taken >= 5;
    if (taken > 5) return true;
    tag = static_cast<std::uint32_t>(tag);
    std::uint64_t value;
    switch (tag & 7) {
      case 0:
        if (!varint(value)) return false;
        break;
      case 1:
        at += 8;
        break;
      case 5:
        at += 4;
        break;
      case 2:
        if (!varint(value) || taken > 5) return false;
        if (value > bytes.size() - at) return false;
        if (!nested && tag >> 3 == 11 && IsLeftOut(bytes.substr(at, value), true)) return true;
        at += value;
        break;
      case 3:
      case 4:
        return true;
      default:
        return false;
    }
    if (at > bytes.size()) return false;
  }
  return false;
}

TEST_F(EnvelopeDifferential, bothWriteTheSameBytesAndReadThemBack) {
  const std::uint64_t seed = Seed();
  random_.seed(seed);
  for (int round = 0; round < kRounds; ++round) {
    const v1::Envelope envelope = Random();
    const std::string wanted = envelope.SerializeAsString();
    if (wanted.empty()) continue;
    std::string frame;
    AppendFrame(ViewOf(envelope), frame);
    ASSERT_EQ(ToHex(frame.substr(4)), ToHex(wanted)) << "seed " << seed << " round " << round;
    Envelope read;
    DecodeEnvelope(wanted, read);
    ASSERT_TRUE(Same(read, envelope)) << "seed " << seed << " round " << round;
  }
}

TEST_F(EnvelopeDifferential, bothTakeAndRefuseTheSameHostileBytes) {
  const std::uint64_t seed = Seed();
  random_.seed(seed);
  int taken = 0;
  int refused = 0;
  for (int round = 0; round < 5 * kRounds; ++round) {
    std::string bytes = Random().SerializeAsString();
    switch (Number(6)) {
      case 0:
        bytes = Bytes(40);
        break;
      case 1:  // two envelopes make one: fields in any order, the last one wins
        bytes += Random().SerializeAsString();
        break;
      case 2:
        if (!bytes.empty()) bytes.resize(Number(bytes.size()));
        break;
      case 3: {
        std::string inserted = Bytes(8);
        bytes.insert(Number(bytes.size() + 1), inserted);
        break;
      }
      default:
        for (std::uint64_t i = Number(4); i > 0 && !bytes.empty(); --i) {
          bytes[Number(bytes.size())] = static_cast<char>(random_());
        }
    }
    if (IsLeftOut(bytes, false)) continue;
    v1::Envelope theirs;
    const bool they_take = theirs.ParseFromString(bytes);
    // Not all entries over the limit of F-7 are kept.
    if (they_take && theirs.metadata_size() > 32) continue;
    Envelope ours;
    bool we_take = true;
    std::string why;
    try {
      DecodeEnvelope(bytes, ours);
    } catch (const WireError& error) {
      we_take = false;
      why = error.what();
    }
    ASSERT_EQ(we_take, they_take) << why << "\nseed " << seed << " round " << round << "\n"
                                  << ToHex(bytes);
    if (we_take) {
      ASSERT_TRUE(Same(ours, theirs)) << "seed " << seed << " round " << round << "\n"
                                      << ToHex(bytes);
      ++taken;
    } else {
      ++refused;
    }
  }
  // Both kinds were met, else the test says nothing.
  EXPECT_GT(taken, kRounds / 4);
  EXPECT_GT(refused, kRounds / 4);
}

}  // namespace
}  // namespace parley
