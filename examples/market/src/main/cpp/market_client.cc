#include <parley/parley.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

#include "demo/market/v1/market.parley.h"
#include "interceptors.h"

namespace {

using demo::market::v1::Fill;
using demo::market::v1::Market;
using demo::market::v1::Order;
using demo::market::v1::Price;
using demo::market::v1::ProgressRequest;
using demo::market::v1::Receipt;
using demo::market::v1::WatchRequest;

constexpr std::uint32_t kPrices = 20'000;

// Reads all prices, asking how far the market is with every hundredth: a slow reader.
void Watch(const Market::Client& market) {
  const std::uint64_t before = market.Progress(ProgressRequest()).sent();
  std::uint64_t read = 0;
  std::uint64_t farthest = 0;
  WatchRequest request;
  request.set_count(kPrices);
  for (const Price& price : market.Watch(request)) {
    ++read;
    if (price.number() != read) {
      throw std::runtime_error("price " + std::to_string(read) + " is missing");
    }
    if (read % 100 == 0) {
      const std::uint64_t sent = market.Progress(ProgressRequest()).sent() - before;
      farthest = std::max(farthest, sent - std::min(sent, read));
    }
  }
  std::cout << read << " prices, none missing; the market was " << farthest << " ahead"
            << std::endl;
}

std::uint64_t Trade(const Market::Client& market) {
  std::uint64_t lots = 0;
  auto floor = market.Trade();
  for (std::uint64_t limit = 248; limit <= 252; ++limit) {
    Order order;
    order.set_lots(10);
    order.set_limit_cents(limit);
    floor.Send(order);
    const std::optional<Fill> fill = floor.Next();
    if (!fill.has_value()) {
      throw std::runtime_error("an order without a fill");
    }
    lots += fill->lots();
  }
  floor.FinishSending();
  if (floor.Next().has_value()) {
    throw std::runtime_error("a fill without an order");
  }
  std::cout << "bought " << lots << " lots" << std::endl;
  return lots;
}

void Settle(const Market::Client& market, std::uint64_t lots) {
  auto fills = market.Settle();
  for (std::uint64_t lot = 0; lot < lots; ++lot) {
    Fill fill;
    fill.set_lots(1);
    fill.set_cents(250);
    fills.Send(fill);
  }
  const Receipt receipt = fills.Finish();
  std::cout << "paid " << receipt.cents() << " cents for " << receipt.lots() << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    parley::Client::Builder builder(parley::Address::Of("market"));
    builder.InterceptCalls(demo::SayWhoCalls("open sesame"));
    if (argc > 1 && std::string(argv[1]) == "--log") {
      builder.InterceptCalls(demo::LogCalls);
    }
    auto client = builder.Connect();
    const Market::Client market(*client);
    Watch(market);
    Settle(market, Trade(market));
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
