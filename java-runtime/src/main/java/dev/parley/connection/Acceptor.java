package dev.parley.connection;

import dev.parley.transport.Link;
import dev.parley.transport.Listener;
import dev.parley.transport.Registration;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;

/**
 * Accepts from one listener, on the loop's thread.
 *
 * <p>When the process is out of descriptors it rests, instead of spinning, for a time that doubles
 * as long as that lasts. Connections that are there go on, and those that wait are not lost.
 */
final class Acceptor {
  private static final long FIRST_PAUSE_NANOS = 10_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 1_000_000_000L;

  private static final SafeLog LOG = new SafeLog("dev.parley.connection");

  private final Listener listener;
  private final Consumer<Link> accepted;
  private final Consumer<IOException> failed;
  private final Timers timers;
  private volatile Registration registration;

  /** How long it rests at the next failure; touched by the loop's thread only. */
  private long pause = FIRST_PAUSE_NANOS;

  /**
   * @param failed told of the first of several failures in a row
   */
  @SuppressWarnings("NullAway.Init") // begin() sets the registration before anything is ready.
  Acceptor(
      Listener listener, Consumer<Link> accepted, Consumer<IOException> failed, Timers timers) {
    this.listener = listener;
    this.accepted = accepted;
    this.failed = failed;
    this.timers = timers;
  }

  void begin(Registration registration) {
    this.registration = registration;
    registration.interest(true, false);
  }

  void ready() {
    try {
      for (Link link = listener.accept(); link != null; link = listener.accept()) {
        pause = FIRST_PAUSE_NANOS;
        accepted.accept(link);
      }
    } catch (ClosedChannelException e) {
      registration.cancel();
    } catch (IOException e) {
      // First of all, so that nothing can keep it from coming back.
      registration.interest(false, false);
      timers.at(timers.now() + pause, () -> registration.interest(true, false));
      if (pause == FIRST_PAUSE_NANOS) {
        LOG.log(Level.WARNING, "accepting on " + listener.endpoint() + " rests for a while", e);
        failed.accept(e);
      }
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    }
  }
}
