package dev.parley.connection;

import dev.parley.transport.Link;
import dev.parley.transport.Listener;
import dev.parley.transport.Registration;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;

/** Accepts from one listener, on the loop's thread. */
final class Acceptor {
  /** How long accepting rests when the process is out of descriptors, instead of spinning. */
  private static final long PAUSE_NANOS = 100_000_000L;

  private static final Logger LOG = System.getLogger("dev.parley.connection");

  private final Listener listener;
  private final Consumer<Link> accepted;
  private final Timers timers;
  private volatile Registration registration;

  @SuppressWarnings("NullAway.Init") // begin() sets the registration before anything is ready.
  Acceptor(Listener listener, Consumer<Link> accepted, Timers timers) {
    this.listener = listener;
    this.accepted = accepted;
    this.timers = timers;
  }

  void begin(Registration registration) {
    this.registration = registration;
    registration.interest(true, false);
  }

  void ready() {
    try {
      for (Link link = listener.accept(); link != null; link = listener.accept()) {
        accepted.accept(link);
      }
    } catch (ClosedChannelException e) {
      registration.cancel();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "accepting on " + listener.endpoint() + " rests a moment", e);
      registration.interest(false, false);
      timers.at(timers.now() + PAUSE_NANOS, () -> registration.interest(true, false));
    }
  }
}
