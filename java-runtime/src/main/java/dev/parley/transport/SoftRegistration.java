package dev.parley.transport;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A registration of a source that tells of its readiness by itself. While it may be ready it stands
 * in its poller's list of candidates, at most once.
 */
final class SoftRegistration implements ToldRegistration {
  private static final int READ = 1;
  private static final int WRITE = 2;

  private final Poller poller;
  private final SoftSource source;
  private final @Nullable Object attachment;
  private final AtomicBoolean listed = new AtomicBoolean();
  private volatile int interest;
  private volatile boolean cancelled;

  SoftRegistration(Poller poller, SoftSource source, @Nullable Object attachment) {
    this.poller = poller;
    this.source = source;
    this.attachment = attachment;
  }

  @Override
  public void interest(boolean read, boolean write) {
    interest = (read ? READ : 0) | (write ? WRITE : 0);
    look();
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void cancel() {
    cancelled = true;
    source.registrations().remove(this);
    poller.forget(this);
  }

  boolean isWith(Poller other) {
    return poller == other;
  }

  /** Becomes a candidate, if ready and wanted, and wakes the poller if it waits. */
  void look() {
    if (ready() != 0 && listed.compareAndSet(false, true)) {
      poller.list(this);
    }
  }

  /**
   * Leaves the list, unless it is ready. Called by the poller, which holds it.
   *
   * @return what is ready, by level; 0 if it left
   */
  int readyOrUnlist() {
    int ready = ready();
    if (ready == 0) {
      listed.set(false);
      // What became ready before the mark was down found it up, and left the listing to us.
      ready = ready();
      if (ready != 0 && !listed.compareAndSet(false, true)) {
        ready = 0; // Somebody else has listed it again.
      }
    }
    return ready;
  }

  private int ready() {
    int wanted = interest;
    if (wanted == 0 || cancelled) {
      return 0;
    }
    return ((wanted & READ) != 0 && source.isReadable() ? READ : 0)
        | ((wanted & WRITE) != 0 && source.isWritable() ? WRITE : 0);
  }

  @Override
  public void tell(ReadyHandler handler, int ready) {
    handler.ready(this, (ready & READ) != 0, (ready & WRITE) != 0);
  }
}
