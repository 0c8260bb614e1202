#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "support/environment.h"
#include "top/fixture.h"
#include "top/recorded_life.h"

namespace parley {
namespace {

using std::chrono::milliseconds;

/// Processes with names.
class NodeTest : public ServerFixture {
 protected:
  Node::Builder Named(const std::string& name) {
    Node::Builder builder = Node::Named(name);
    builder.Space("test").Reconnect(
        Reconnect::kDefault.WithInitialDelay(milliseconds(1)).WithMaxDelay(milliseconds(20)));
    return builder;
  }

  static std::string Says(const std::string& name, std::string_view data) {
    return name + " says " + std::string(data);
  }

 private:
  const ScopedVariable root_{"PARLEY_ROOT", directory_ / "r"};
};

TEST_F(NodeTest, TwoNodesAskEachOtherByName) {
  const auto one = Named("one").Start();
  const auto two = Named("two").Start();
  one->handlers().RespondBytes(
      "hello", [](std::string_view data, CallContext&) { return Says("one", data); });
  two->handlers().RespondBytes("hello", [](std::string_view data, CallContext& context) {
    return Says(context.peer().name(), data);
  });
  EXPECT_EQ(one->peer("two")->RequestBytes("hello", "hi"), "one says hi");
  EXPECT_EQ(two->peer("one")->RequestBytes("hello", "ho"), "one says ho");
  EXPECT_EQ(one->peer("two")->name(), "two");
  EXPECT_EQ(one->peers().size(), 2u);
}

TEST_F(NodeTest, ANodeConnectsOnceHoweverManyAsk) {
  const auto life = std::make_shared<RecordedLife>();
  const auto one = Named("one").Start();
  auto two = Named("two").Listener(life).Start();
  std::vector<std::future<std::shared_ptr<Peer>>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::async(std::launch::async, [&] { return one->peer("two"); }));
  }
  std::shared_ptr<Peer> first = all.front().get();
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_EQ(all[i].get(), first);
  }
  life->Await("connected", 1);
  EXPECT_EQ(two->peers().size(), 1u);
  one->Disconnect("two");
  life->Await("disconnected", 1);
  EXPECT_NE(one->peer("two"), first);
  life->Await("connected", 2);
  first.reset();
  two.reset();
  EXPECT_EQ(life->events().front(), "started");
  EXPECT_EQ(life->events().back(), "stopped");
}

TEST_F(NodeTest, ANodeThatIsNotUpIsTriedAgainWhenAskedFor) {
  const auto one = Named("one").Start();
  EXPECT_EQ(FailureOf([&] { one->peer("two"); }), Failed(Code::kUnavailable, Outcome::kNotSent));
  {
    const auto two = Named("two").Service(TextService()).Start();
    EXPECT_EQ(one->peer("two")->Call(kEcho, Text("a")).text, "a");
  }
  const auto two = Named("two").Service(TextService()).Start();
  EXPECT_EQ(one->peer("two")->Call(kEcho, Text("b"), CallOptions().WithWaitForReady(true)).text,
            "b");
}

TEST_F(NodeTest, ANameIsOneNodesOnly) {
  const auto one = Named("one").Start();
  EXPECT_THROW(Named("one").Start(), TransportError);
  EXPECT_EQ(one->name(), "one");
}

TEST_F(NodeTest, WhomANodeHasDialledMayAskItBack) {
  const auto one = Named("one").Start();
  const auto two = Named("two").Start();
  one->handlers().RespondBytes("name", [](std::string_view, CallContext&) { return "one"; });
  two->handlers().RespondBytes("who?", [](std::string_view, CallContext& context) {
    return context.peer().RequestBytes("name", "");
  });
  EXPECT_EQ(one->peer("two")->RequestBytes("who?", ""), "one");
}

TEST_F(NodeTest, AClosedNodeDialsNobody) {
  const auto one = Named("one").Start();
  one->Close();
  one->Close();
  EXPECT_EQ(FailureOf([&] { one->peer("two"); }), Failed(Code::kUnavailable, Outcome::kNotSent));
}

}  // namespace
}  // namespace parley
