package dev.parley.connection.simulation;

import com.google.protobuf.MessageLite;
import dev.parley.connection.Offer;
import java.util.List;
import java.util.function.Function;

/** An application that sends a stream: waits for room, takes its time, and ends. */
final class Producer {
  private final World world;
  private final CallScript script;
  private final String sender;
  private final List<Integer> sizes;
  private final Function<MessageLite, Offer> offers;
  private final Runnable flush;
  private final Runnable done;
  private int sent;
  private boolean waits;
  private boolean over;

  /**
   * @param done run once when all are sent, or the call takes no more
   */
  Producer(
      World world,
      CallScript script,
      String sender,
      List<Integer> sizes,
      Function<MessageLite, Offer> offers,
      Runnable flush,
      Runnable done) {
    this.world = world;
    this.script = script;
    this.sender = sender;
    this.sizes = sizes;
    this.offers = offers;
    this.flush = flush;
    this.done = done;
  }

  /** Sends what can be sent now. */
  void go() {
    while (!over) {
      if (sent == sizes.size()) {
        over = true;
        break;
      }
      waits = true;
      Offer offer = offers.apply(Payloads.of(script.nonce(), sender, sent, sizes.get(sent)));
      if (offer == Offer.NO_ROOM) {
        flush.run();
        return; // sendable() may have been told already, while this offer was made.
      }
      waits = false;
      if (offer == Offer.OVER) {
        over = true;
        break;
      }
      sent++;
      if (world.chance(20)) {
        flush.run();
        world.after(script.pace(world), this::go);
        return;
      }
    }
    flush.run();
    done.run();
  }

  /** There may be room again. */
  void sendable() {
    if (waits && !over) {
      waits = false;
      world.after(world.skewed(1_000), this::go);
    }
  }
}
