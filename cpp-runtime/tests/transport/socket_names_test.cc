#include "parley/transport/socket_names.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "parley/transport/endpoint.h"
#include "parley/transport/transport_error.h"
#include "support/environment.h"
#include "support/errors.h"
#include "support/vectors.h"
#include "transport/surroundings.h"

namespace parley {
namespace {

TEST(SocketNames, namesAndPathsLeadWhereTheVectorsSay) {
  for (const auto& stem : vectors::In("names", ".txt")) {
    const vectors::Lines lines = vectors::LinesOf(stem);
    const auto value = [&](const char* key) {
      return vectors::Unescaped(vectors::Get(lines, key));
    };
    const std::string euid = value("euid");
    Surroundings here;
    here.euid = static_cast<uid_t>(std::stoul(euid));
    here.variable = value;
    here.owns = [&](const std::string& directory) {
      for (const auto& [key, owner] : lines) {
        if (key == "owner" && owner == directory + " " + euid) return true;
      }
      return false;
    };
    try {
      const Endpoint endpoint =
          vectors::Has(lines, "explicit")
              ? Endpoint::Path(value("explicit"))
              : Endpoint::InRoot(ChooseRoot(here), value("name"),
                                 vectors::Has(lines, "space") ? value("space") : "app");
      EXPECT_EQ(endpoint.path(), value("path")) << stem;
      EXPECT_EQ(endpoint.lock_path(), value("lock")) << stem;
    } catch (const TransportError& error) {
      EXPECT_EQ(error.reason(), TransportError::Reason::kBadAddress) << stem;
      EXPECT_EQ(std::string(error.what()).substr(0, 5), value("rule") + ": ") << stem;
    }
  }
}

TEST(SocketNames, theProcessEnvironmentIsAsked) {
  const ScopedVariable root("PARLEY_ROOT", "/r");
  EXPECT_EQ(SocketNames::Root(), "/r");
  EXPECT_EQ(Endpoint::Named("greeter").path(), "/r/app/greeter.sock");
  EXPECT_EQ(Endpoint::Named("greeter", "lab").label(), "lab/greeter");
}

TEST(SocketNames, aRuntimeDirectoryCountsOnlyWhenItIsOurs) {
  const ScopedVariable root("PARLEY_ROOT", "");
  const ScopedVariable runtime("XDG_RUNTIME_DIR", "/nowhere");
  EXPECT_EQ(SocketNames::Root().find("/nowhere"), std::string::npos);
}

TEST(SocketNames, anErrorShowsNoControlCharacters) {
  EXPECT_EQ(ErrorOf([] { SocketNames::Check("name", "a\n\x1b[1m"); }),
            "N-2: name \"a\\u000a\\u001b[1m\" does not match [A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
}

TEST(SocketNames, theSizeOfALongPathIsTold) {
  EXPECT_EQ(ErrorOf([] { Endpoint::Path("/" + std::string(100, 'p')); }),
            "N-1: socket path of 101 bytes is over the limit of 100: /" + std::string(100, 'p'));
}

TEST(SocketNames, aRelativePathIsTakenFromTheWorkingDirectory) {
  EXPECT_EQ(Endpoint::Path("s.sock").path(), (std::filesystem::current_path() / "s.sock").string());
}

TEST(SocketNames, anAbstractNameHasTheFormOfAName) {
  EXPECT_EQ(Endpoint::Abstract("greeter").label(), "@greeter");
  EXPECT_EQ(Endpoint::Abstract("greeter").lock_path(), "");
  EXPECT_EQ(ErrorOf([] { Endpoint::Abstract("a/b"); }).substr(0, 5), "N-2: ");
}

}  // namespace
}  // namespace parley
