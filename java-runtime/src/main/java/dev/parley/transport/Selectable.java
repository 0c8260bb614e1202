package dev.parley.transport;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Set;

/** What a {@link Poller} waits for by its Selector: a link or listener over a JDK channel. */
interface Selectable {
  SelectableChannel channel();

  /** The Selector's word for "readable". */
  int readOperation();

  /** The Selector's word for "writable"; 0 where there is none. */
  int writeOperation();

  /** Where it is registered; kept by the registrations themselves. Safe for many threads. */
  Set<Registration> registrations();

  /** Closes the channel, and has each poller let go of the descriptor. */
  default void closeChannel() {
    try {
      channel().close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
    // Once closed, no registration can come in any more.
    for (Registration registration : registrations()) {
      registration.cancel();
    }
  }
}
