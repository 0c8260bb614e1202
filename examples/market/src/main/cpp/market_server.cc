#include <parley/parley.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>

#include "demo/market/v1/market.parley.h"
#include "interceptors.h"

namespace {

using demo::market::v1::Fill;
using demo::market::v1::Market;
using demo::market::v1::Order;
using demo::market::v1::Price;
using demo::market::v1::ProgressReply;
using demo::market::v1::ProgressRequest;
using demo::market::v1::Receipt;
using demo::market::v1::WatchRequest;

constexpr std::uint64_t kCents = 250;

// Tells prices and fills orders, until it is ended.
class MarketService final : public Market::Service {
 public:
  void Watch(const WatchRequest& request, parley::MessageSink<Price>& prices,
             parley::CallContext&) override {
    for (std::uint64_t number = 1; number <= request.count(); ++number) {
      Price price;
      price.set_number(number);
      price.set_cents(kCents + number % 7);
      // Waits here while the watcher's window is full: a slow one slows this stream alone.
      prices.Send(price);
      ++sent_;
    }
  }

  ProgressReply Progress(const ProgressRequest&, parley::CallContext&) override {
    ProgressReply reply;
    reply.set_sent(sent_);
    return reply;
  }

  void Trade(parley::MessageStream<Order>& orders, parley::MessageSink<Fill>& fills,
             parley::CallContext&) override {
    for (const Order& order : orders) {
      const std::uint64_t lots = order.limit_cents() < kCents ? 0 : order.lots();
      Fill fill;
      fill.set_lots(lots);
      fill.set_cents(lots * kCents);
      fills.Send(fill);
    }
  }

  Receipt Settle(parley::MessageStream<Fill>& fills, parley::CallContext&) override {
    Receipt receipt;
    for (const Fill& fill : fills) {
      if (fill.cents() != fill.lots() * kCents) {
        throw parley::RpcException(parley::Code::kInvalidArgument,
                                   "a lot costs " + std::to_string(kCents) + " cents");
      }
      receipt.set_lots(receipt.lots() + fill.lots());
      receipt.set_cents(receipt.cents() + fill.cents());
    }
    return receipt;
  }

 private:
  std::atomic<std::uint64_t> sent_{0};
};

}  // namespace

int main() {
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGINT);
  sigaddset(&endings, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);

  try {
    MarketService service;
    auto server = parley::Server::Builder(parley::Address::Of("market"))
                      .Service(Market::Bind(service))
                      .InterceptHandlers(demo::AskWhoCalls("open sesame"))
                      .Start();
    std::cout << "serving at " << server->address().ToString() << std::endl;

    int ending = 0;
    sigwait(&endings, &ending);
    server->Close();
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << std::endl;
    return 1;
  }
}
