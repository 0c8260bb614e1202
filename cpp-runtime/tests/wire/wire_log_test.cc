#include "parley/wire/wire_log.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(WireLog, aLineHasFixedColumns) {
  Envelope request;
  request.id = 5;
  request.type = FrameType::kRequest;
  request.name = "demo.v1.Greeter/Hello";
  request.timeout_us = 250'000;
  request.payload = "secret!";
  EXPECT_EQ(WireLogLine(Direction::kIn, "app/greeter", request, 44),
            "<< app/greeter              REQUEST           5      44 name=demo.v1.Greeter/Hello "
            "timeout_us=250000 payload=7");
  Envelope response;
  response.id = 5;
  response.type = FrameType::kResponse;
  response.success = true;
  EXPECT_EQ(WireLogLine(Direction::kOut, "app/greeter", response, 10),
            ">> app/greeter              RESPONSE          5      10 success=true");
}

TEST(WireLog, aPeersTextCanNeitherEndTheLineNorSteerATerminal) {
  Envelope event;
  event.type = FrameType::kEvent;
  event.name = "a\n<< \x1b[31m\xc3\xa4 success=true";
  const std::string line = WireLogLine(Direction::kIn, "p\r\n", event, 1);
  EXPECT_EQ(line.find_first_of("\r\n\x1b\xc3"), std::string::npos) << line;
  EXPECT_NE(line.find("p\\u000d\\u000a "), std::string::npos) << line;
  EXPECT_EQ(line.find(" success"), std::string::npos) << line;
  EXPECT_NE(line.find("name=a\\u000a<<\\u0020\\u001b[31m\\u00e4\\u0020success=true"),
            std::string::npos)
      << line;
  event.name = "\xf0\x9f\x98\x80\\";
  EXPECT_NE(WireLogLine(Direction::kIn, "p", event, 1).find("name=\\ud83d\\ude00\\"),
            std::string::npos);
}

TEST(WireLog, aPayloadAndMetadataAreNeverShown) {
  Envelope request;
  request.type = FrameType::kRequest;
  request.payload = "secret";
  request.metadata = {{"token", "secret"}};
  const std::string line = WireLogLine(Direction::kOut, "p", request, 20);
  EXPECT_EQ(line.find("secret"), std::string::npos) << line;
  EXPECT_NE(line.find(" metadata=1 payload=6"), std::string::npos) << line;
}

TEST(Printable, aLongTextIsCut) {
  EXPECT_EQ(Printable(std::string(300, 'a')), std::string(256, 'a') + "...");
}

TEST(Printable, whatPeopleCanReadStays) {
  EXPECT_EQ(Printable("a name, \xc3\xa4\\b"), "a name, \xc3\xa4\\b");
}

TEST(Printable, controlCharactersQuotesAndWhatIsNoUtf8AreEscaped) {
  EXPECT_EQ(Printable("a\n\x1b\x7f\xc2\x85"), "a\\u000a\\u001b\\u007f\\u0085");
  EXPECT_EQ(Printable("\"a\""), "\\\"a\\\"");
  EXPECT_EQ(Printable("\xff\xc3(\xe2\x82"), "\\xff\\xc3(\\xe2\\x82");
}

}  // namespace
}  // namespace parley
