// HELLO, Status and GOAWAY against protobuf's own classes.

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "parley/v1/goaway.pb.h"
#include "parley/v1/hello.pb.h"
#include "parley/v1/status.pb.h"
#include "parley/wire/limits.h"
#include "parley/wire/messages.h"
#include "support/hex.h"

namespace parley {
namespace {

constexpr int kRounds = 5'000;

class MessagesDifferential : public testing::Test {
 protected:
  MessagesDifferential() : seed_(std::random_device()()), random_(seed_) {}

  std::uint64_t Number() { return random_() % 4 == 0 ? 0 : random_() >> random_() % 64; }

  std::string Bytes() {
    std::string bytes(random_() % 20, '\0');
    for (char& c : bytes) c = static_cast<char>(random_() % 128);
    return bytes;
  }

  StatusMessage Status() {
    StatusMessage status;
    status.code = static_cast<std::int32_t>(Number());
    status.message = Bytes();
    for (std::uint64_t i = random_() % 3; i > 0; --i) status.details.push_back({Bytes(), Bytes()});
    status.not_run = random_() % 2 == 0;
    return status;
  }

  std::uint64_t seed_;
  std::mt19937_64 random_;
};

void Fill(const StatusMessage& from, v1::Status& to) {
  to.set_code(from.code);
  to.set_message(from.message);
  for (const AnyMessage& any : from.details) {
    google::protobuf::Any* const detail = to.add_details();
    detail->set_type_url(any.type_url);
    detail->set_value(any.value);
  }
  to.set_not_run(from.not_run);
}

TEST_F(MessagesDifferential, aHelloHasTheSameBytes) {
  for (int round = 0; round < kRounds; ++round) {
    HelloMessage hello;
    v1::Hello theirs;
    theirs.set_version(hello.version = static_cast<std::uint32_t>(Number()));
    theirs.set_min_version(hello.min_version = static_cast<std::uint32_t>(Number()));
    theirs.set_level(hello.level = static_cast<std::uint32_t>(Number()));
    theirs.set_features(hello.features = Number());
    theirs.set_max_frame(hello.max_frame = static_cast<std::uint32_t>(Number()));
    theirs.set_max_message(hello.max_message = Number());
    theirs.set_window(hello.window = Number());
    theirs.set_max_calls(hello.max_calls = static_cast<std::uint32_t>(Number()));
    theirs.set_payload(hello.payload = Bytes());
    const std::string bytes = theirs.SerializeAsString();
    ASSERT_EQ(ToHex(Encode(hello)), ToHex(bytes)) << "seed " << seed_;
    if (hello.min_version > 1) continue;
    if (hello.max_frame != 0 && hello.max_frame < limits::kLeastMaxFrame) continue;
    HelloMessage wanted = hello;
    wanted.ApplyDefaults();
    ASSERT_EQ(ToHex(Encode(DecodeHello(bytes))), ToHex(Encode(wanted))) << "seed " << seed_;
  }
}

TEST_F(MessagesDifferential, aStatusHasTheSameBytes) {
  for (int round = 0; round < kRounds; ++round) {
    const StatusMessage status = Status();
    v1::Status theirs;
    Fill(status, theirs);
    const std::string bytes = theirs.SerializeAsString();
    ASSERT_EQ(ToHex(Encode(status)), ToHex(bytes)) << "seed " << seed_;
    StatusMessage read;
    ASSERT_TRUE(DecodeStatus(bytes, read)) << "seed " << seed_;
    ASSERT_EQ(ToHex(Encode(read)), ToHex(bytes)) << "seed " << seed_;
  }
}

TEST_F(MessagesDifferential, aGoodbyeHasTheSameBytes) {
  for (int round = 0; round < kRounds; ++round) {
    GoAwayMessage go_away;
    go_away.status = Status();
    go_away.no_return = random_() % 2 == 0;
    v1::GoAway theirs;
    // A status of nothing but defaults is left out.
    if (!Encode(go_away.status).empty()) Fill(go_away.status, *theirs.mutable_status());
    theirs.set_no_return(go_away.no_return);
    const std::string bytes = theirs.SerializeAsString();
    ASSERT_EQ(ToHex(Encode(go_away)), ToHex(bytes)) << "seed " << seed_;
    GoAwayMessage read;
    ASSERT_TRUE(DecodeGoAway(bytes, read)) << "seed " << seed_;
    ASSERT_EQ(ToHex(Encode(read)), ToHex(bytes)) << "seed " << seed_;
  }
}

TEST_F(MessagesDifferential, bothTakeAndRefuseTheSameDamagedStatus) {
  for (int round = 0; round < 4 * kRounds; ++round) {
    std::string bytes = Encode(Status());
    if (bytes.empty()) continue;
    // Only values and lengths are damaged, by bytes below 0x80: no groups, no long tags.
    const std::size_t at = random_() % bytes.size();
    const char byte = static_cast<char>(random_() % 128);
    if ((byte & 7) == 3 || (byte & 7) == 4) continue;
    bytes[at] = byte;
    v1::Status theirs;
    const bool they_take = theirs.ParseFromString(bytes);
    StatusMessage ours;
    const bool we_take = DecodeStatus(bytes, ours);
    // A shifted reading may still meet a group: ours refuses it, theirs may not.
    if (they_take && !we_take && ours.message.find("has wire type") != std::string::npos) continue;
    ASSERT_EQ(we_take, they_take) << ours.message << "\nseed " << seed_ << "\n" << ToHex(bytes);
    if (!we_take) continue;
    theirs.DiscardUnknownFields();
    ASSERT_EQ(ToHex(Encode(ours)), ToHex(theirs.SerializeAsString())) << "seed " << seed_;
  }
}

}  // namespace
}  // namespace parley
