// Details of a Status that are messages of protobuf.

#include <gtest/gtest.h>

#include "parley/rpc/status.h"
#include "parley/v1/goaway.pb.h"
#include "parley/v1/hello.pb.h"

namespace parley {
namespace {

TEST(StatusDetail, IsAMessageOfProtobuf) {
  v1::Hello hello;
  hello.set_version(7);
  const Status status = Status(Code::kNotFound, "none").WithDetail(hello);
  ASSERT_EQ(status.details().size(), 1u);
  EXPECT_EQ(status.details()[0].type_url, "type.googleapis.com/parley.v1.Hello");
  EXPECT_EQ(status.Detail<v1::Hello>()->version(), 7u);
  EXPECT_FALSE(status.Detail<v1::GoAway>().has_value());
}

}  // namespace
}  // namespace parley
