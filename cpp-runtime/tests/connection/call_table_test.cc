#include "connection/call_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace parley {
namespace {

TEST(CallTableTest, HoldsWhatAMapHolds) {
  CallTable<int> table;
  std::map<std::uint64_t, int> model;
  std::minstd_rand random(1);
  std::uint64_t next = 1;
  for (int i = 0; i < 20'000; ++i) {
    if (model.empty() || random() % 2 == 0) {
      table.Put(next, std::make_shared<int>(i));
      model[next] = i;
      next += 2;
    } else {
      // Mostly the oldest, as calls end; at times any.
      auto place = model.begin();
      if (random() % 4 == 0) std::advance(place, random() % model.size());
      const std::shared_ptr<int> removed = table.Remove(place->first);
      ASSERT_NE(removed, nullptr);
      EXPECT_EQ(*removed, place->second);
      model.erase(place);
    }
    ASSERT_EQ(table.size(), model.size());
  }
  for (const auto& [id, value] : model) {
    ASSERT_NE(table.Get(id), nullptr);
    EXPECT_EQ(*table.Share(id), value);
  }
  EXPECT_EQ(table.Get(next), nullptr);
  EXPECT_EQ(table.Remove(next), nullptr);
  EXPECT_EQ(table.RemoveAll().size(), model.size());
  EXPECT_EQ(table.size(), 0u);
}

TEST(CallTableTest, OneCallMayStayWhileOthersComeAndGo) {
  CallTable<int> table;
  table.Put(1, std::make_shared<int>(0));
  for (std::uint64_t id = 3; id < 20'000; id += 2) {
    table.Put(id, std::make_shared<int>(1));
    EXPECT_NE(table.Remove(id), nullptr);
  }
  EXPECT_EQ(*table.Get(1), 0);
  EXPECT_EQ(table.RemoveIf([](std::uint64_t id, const int&) { return id > 1; }).size(), 0u);
}

}  // namespace
}  // namespace parley
