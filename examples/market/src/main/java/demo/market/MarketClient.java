package demo.market;

import demo.market.v1.Fill;
import demo.market.v1.Market;
import demo.market.v1.Order;
import demo.market.v1.Price;
import demo.market.v1.ProgressRequest;
import demo.market.v1.Receipt;
import demo.market.v1.WatchRequest;
import dev.parley.Address;
import dev.parley.Client;
import dev.parley.rpc.BidiStream;
import dev.parley.rpc.ClientStream;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import java.util.List;

/** Watches prices slowly, trades, and settles what it has bought. */
final class MarketClient {
  private static final int PRICES = 20_000;

  public static void main(String... args) {
    Client.Builder builder =
        Client.builder(Address.of("market")).interceptCalls(new SayWhoCalls("open sesame"));
    if (List.of(args).contains("--log")) {
      builder.interceptCalls(new LogCalls());
    }
    try (Client client = builder.connect()) {
      Market.Client market = new Market.Client(client);
      watch(market);
      settle(market, trade(market));
    } catch (RpcException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Reads all prices, asking how far the market is with every hundredth: a slow reader. */
  private static void watch(Market.Client market) {
    long before = market.progress(ProgressRequest.getDefaultInstance()).getSent();
    long read = 0;
    long farthest = 0;
    WatchRequest request = WatchRequest.newBuilder().setCount(PRICES).build();
    try (MessageStream<Price> prices = market.watch(request)) {
      for (Price price : prices) {
        read++;
        if (price.getNumber() != read) {
          throw new IllegalStateException("price " + read + " is missing");
        }
        if (read % 100 == 0) {
          long sent = market.progress(ProgressRequest.getDefaultInstance()).getSent() - before;
          farthest = Math.max(farthest, sent - read);
        }
      }
    }
    System.out.println(read + " prices, none missing; the market was " + farthest + " ahead");
  }

  private static long trade(Market.Client market) {
    long lots = 0;
    try (BidiStream<Order, Fill> floor = market.trade()) {
      for (long limit = 248; limit <= 252; limit++) {
        floor.send(Order.newBuilder().setLots(10).setLimitCents(limit).build());
        lots += floor.next().orElseThrow().getLots();
      }
      floor.finishSending();
      if (floor.next().isPresent()) {
        throw new IllegalStateException("a fill without an order");
      }
    }
    System.out.println("bought " + lots + " lots");
    return lots;
  }

  private static void settle(Market.Client market, long lots) {
    try (ClientStream<Fill, Receipt> fills = market.settle()) {
      for (long lot = 0; lot < lots; lot++) {
        fills.send(Fill.newBuilder().setLots(1).setCents(250).build());
      }
      Receipt receipt = fills.finish();
      System.out.println("paid " + receipt.getCents() + " cents for " + receipt.getLots());
    }
  }
}
