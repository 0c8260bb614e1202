// What a user writes against the generated code.
#include "demo/v1/ticker.parley.h"

namespace {

class Served final : public demo::v1::Ticker::Service {
 public:
  demo::v1::Price Last(const demo::v1::Symbol&, parley::CallContext&) override { return {}; }

  parley::Topic<demo::v1::Symbol, demo::v1::Price>& Prices() override { return prices_; }

  void Changed(const demo::v1::Price& price) {
    prices_.Publish(price, [&price](const demo::v1::Symbol& request) {
      return request.name() == price.symbol();
    });
  }

 private:
  parley::Topic<demo::v1::Symbol, demo::v1::Price> prices_{demo::v1::Ticker::kPrices};
};

}  // namespace

parley::ServiceDefinition Serve() {
  static Served served;
  served.Changed({});
  return demo::v1::Ticker::Bind(served);
}

parley::Subscription Watch(parley::Caller& caller) {
  return demo::v1::Ticker::Client(caller).Prices(
      demo::v1::Symbol(), [](const demo::v1::Price&, const parley::TopicContext&) {});
}
