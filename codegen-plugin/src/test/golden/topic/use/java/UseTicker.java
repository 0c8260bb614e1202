package demo.v1;

import dev.parley.rpc.CallContext;
import dev.parley.rpc.Caller;
import dev.parley.rpc.ServiceDefinition;
import dev.parley.rpc.Subscription;
import dev.parley.rpc.Topic;

/** What a user writes against the generated code. */
final class UseTicker {
  private UseTicker() {}

  static final class Served implements Ticker.Service {
    private final Topic<Symbol, Price> prices = Topic.of(Ticker.PRICES);

    @Override
    public Price last(Symbol request, CallContext context) {
      return Price.getDefaultInstance();
    }

    @Override
    public Topic<Symbol, Price> prices() {
      return prices;
    }

    void changed(Price price) {
      prices.publish(price, request -> request.getName().equals(price.getSymbol()));
    }
  }

  static ServiceDefinition serve() {
    return Ticker.bind(new Served());
  }

  static Subscription watch(Caller caller) {
    return new Ticker.Client(caller)
        .prices(
            Symbol.newBuilder().setName("tea").build(),
            (price, context) -> System.out.println(price.getCents() + " " + context.missed()));
  }
}
