#include "transport/activation.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "parley/transport/transport_error.h"

namespace parley {
namespace {

using Environment = std::map<std::string, std::string>;

int Find(const std::string& name, const Environment& environment) {
  const auto variable = [&environment](const char* key) -> const char* {
    const auto place = environment.find(key);
    return place == environment.end() ? nullptr : place->second.c_str();
  };
  return FindActivated(name, variable, 42);
}

std::string FaultOf(const std::string& name, const Environment& environment) {
  try {
    Find(name, environment);
  } catch (const TransportError& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 5), "N-8: ");
    return error.what();
  }
  return "it was found";
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ActivationTest, WithoutAnyItIsStandardInput) {
  EXPECT_EQ(Find("", {}), 0);
  EXPECT_TRUE(Has(FaultOf("web", {}), "LISTEN_FDS is not set"));
}

TEST(ActivationTest, TheOnlyOneNeedsNoName) {
  EXPECT_EQ(Find("", {{"LISTEN_PID", "42"}, {"LISTEN_FDS", "1"}}), 3);
  EXPECT_TRUE(Has(FaultOf("", {{"LISTEN_PID", "42"}, {"LISTEN_FDS", "2"}}), "there are 2"));
  EXPECT_TRUE(Has(FaultOf("", {{"LISTEN_PID", "42"}, {"LISTEN_FDS", "0"}}), "there are 0"));
}

TEST(ActivationTest, ANameMustBeThereOnce) {
  const Environment three = {
      {"LISTEN_PID", "42"}, {"LISTEN_FDS", "3"}, {"LISTEN_FDNAMES", "a:web:a"}};
  EXPECT_EQ(Find("web", three), 4);
  EXPECT_TRUE(Has(FaultOf("a", three), "one socket named a is wanted"));
  EXPECT_TRUE(Has(FaultOf("b", three), "a:web:a"));
}

TEST(ActivationTest, ANameBeyondTheCountIsNone) {
  EXPECT_TRUE(
      Has(FaultOf("web", {{"LISTEN_PID", "42"}, {"LISTEN_FDS", "1"}, {"LISTEN_FDNAMES", "a:web"}}),
          "there are 1"));
}

TEST(ActivationTest, ThoseOfAnotherProcessAreNotTaken) {
  EXPECT_TRUE(Has(FaultOf("", {{"LISTEN_PID", "41"}, {"LISTEN_FDS", "1"}}), "LISTEN_PID is 41"));
  EXPECT_TRUE(Has(FaultOf("", {{"LISTEN_FDS", "1"}}), "LISTEN_PID is not set"));
}

TEST(ActivationTest, ACountMustBeANumber) {
  EXPECT_TRUE(Has(FaultOf("", {{"LISTEN_PID", "42"}, {"LISTEN_FDS", "many"}}), "\"many\""));
}

}  // namespace
}  // namespace parley
