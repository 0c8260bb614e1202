package dev.parley.transport;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** A registration by a Selector's key. */
final class KeyRegistration implements ToldRegistration {
  private final Poller poller;
  private final Selectable source;
  private final @Nullable Object attachment;

  /** Null until the channel is registered. */
  volatile @Nullable SelectionKey key;

  /** Guarded by this. */
  private int operations;

  KeyRegistration(Poller poller, Selectable source, @Nullable Object attachment) {
    this.poller = poller;
    this.source = source;
    this.attachment = attachment;
  }

  @Override
  public void interest(boolean read, boolean write) {
    int wanted = (read ? source.readOperation() : 0) | (write ? source.writeOperation() : 0);
    SelectionKey target = key;
    if (target == null) {
      return;
    }
    boolean grew;
    synchronized (this) {
      if (wanted == operations) {
        return;
      }
      grew = (wanted & ~operations) != 0;
      operations = wanted;
      try {
        target.interestOps(wanted);
      } catch (CancelledKeyException e) {
        return;
      }
    }
    if (grew) {
      poller.interestGrew();
    }
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void cancel() {
    SelectionKey target = key;
    forget();
    if (target != null) {
      target.cancel();
    }
    // Also where the channel's close came between its registration and ours, and cancelled the key.
    poller.cancelled();
  }

  /** Leaves the source's list, without a word to the poller. */
  void forget() {
    source.registrations().remove(this);
  }

  @Override
  public void tell(ReadyHandler handler, int ready) {
    handler.ready(
        this, (ready & source.readOperation()) != 0, (ready & source.writeOperation()) != 0);
  }
}
