package dev.parley.connection.simulation;

import dev.parley.wire.Envelope;
import java.util.List;
import java.util.function.LongConsumer;

/** An application that reads a stream at its own pace, and what has to be true of what it gets. */
final class Consumer {
  private final World world;
  private final CallScript script;
  private final String sender;
  private final List<Integer> sizes;
  private final LongConsumer consumed;
  private final Runnable progress;
  private int arrived;
  private int read;

  /**
   * @param consumed gives a message's cost back
   * @param progress run whenever a message was read
   */
  Consumer(
      World world,
      CallScript script,
      String sender,
      List<Integer> sizes,
      LongConsumer consumed,
      Runnable progress) {
    this.world = world;
    this.script = script;
    this.sender = sender;
    this.sizes = sizes;
    this.consumed = consumed;
    this.progress = progress;
  }

  /** The next message is there. */
  void message(Envelope message, long cost) {
    int number = arrived++;
    world.check(
        number < sizes.size()
            && Payloads.is(message, script.nonce(), sender, number, sizes.get(number)),
        "call %d gets another message than number %d",
        script.nonce(),
        number);
    if (script.reads()) {
      world.after(
          script.pace(world),
          () -> {
            read++;
            consumed.accept(cost);
            progress.run();
          });
    }
  }

  /** How many have arrived. */
  int arrived() {
    return arrived;
  }

  /** How many were read. */
  int read() {
    return read;
  }

  /** Whether the whole stream has arrived. */
  boolean isWhole() {
    return arrived == sizes.size();
  }
}
