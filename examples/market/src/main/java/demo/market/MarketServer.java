package demo.market;

import demo.market.v1.Fill;
import demo.market.v1.Market;
import demo.market.v1.Order;
import demo.market.v1.Price;
import demo.market.v1.ProgressReply;
import demo.market.v1.ProgressRequest;
import demo.market.v1.Receipt;
import demo.market.v1.WatchRequest;
import dev.parley.Address;
import dev.parley.Server;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.Code;
import dev.parley.rpc.MessageSink;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** Tells prices and fills orders, until it is ended. */
final class MarketServer implements Market.Service {
  private static final long CENTS = 250;

  private final AtomicLong sent = new AtomicLong();

  @Override
  public void watch(WatchRequest request, MessageSink<Price> prices, CallContext context) {
    for (long number = 1; number <= request.getCount(); number++) {
      // Waits here while the watcher's window is full: a slow one slows this stream alone.
      prices.send(Price.newBuilder().setNumber(number).setCents(CENTS + number % 7).build());
      sent.incrementAndGet();
    }
  }

  @Override
  public ProgressReply progress(ProgressRequest request, CallContext context) {
    return ProgressReply.newBuilder().setSent(sent.get()).build();
  }

  @Override
  public void trade(MessageStream<Order> orders, MessageSink<Fill> fills, CallContext context) {
    for (Order order : orders) {
      long lots = order.getLimitCents() < CENTS ? 0 : order.getLots();
      fills.send(Fill.newBuilder().setLots(lots).setCents(lots * CENTS).build());
    }
  }

  @Override
  public Receipt settle(MessageStream<Fill> fills, CallContext context) {
    Receipt.Builder receipt = Receipt.newBuilder();
    for (Fill fill : fills) {
      if (fill.getCents() != fill.getLots() * CENTS) {
        throw new RpcException(Code.INVALID_ARGUMENT, "a lot costs " + CENTS + " cents");
      }
      receipt.setLots(receipt.getLots() + fill.getLots());
      receipt.setCents(receipt.getCents() + fill.getCents());
    }
    return receipt.build();
  }

  public static void main(String... args) throws InterruptedException {
    try {
      Server server =
          Server.builder(Address.of("market"))
              .service(Market.bind(new MarketServer()))
              .interceptHandlers(new AskWhoCalls("open sesame"))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      System.out.println("serving at " + server.address());
      server.awaitClosed();
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
