package dev.parley.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A wait for many links and listeners in one thread.
 *
 * <p>One thread at a time waits in {@link #poll}; it may be another one each time, also while an
 * earlier one is still in its handler. Everything else is safe for use by many threads. Readiness
 * is by level: what is ready and wanted is told by every poll until it is read, written or no
 * longer wanted. A link may be registered with several pollers.
 *
 * <p>A poller costs two or three descriptors. {@link #close} frees them and leaves the links open.
 */
public final class Poller implements Closeable {
  /** What {@link #poll} returns if the waiting thread was interrupted. */
  public static final int INTERRUPTED = -1;

  private final Selector selector;

  /** All soft registrations, so that a close can end them. */
  private final Set<SoftRegistration> softRegistrations = ConcurrentHashMap.newKeySet(1);

  /** The soft registrations that may be ready. */
  private final Queue<SoftRegistration> candidates = new ConcurrentLinkedQueue<>();

  /** Held while the selector is used, so that {@link #flush} knows whether anybody does. */
  private final ReentrantLock selecting = new ReentrantLock();

  private final Consumer<SelectionKey> record = this::record;

  /** The batch that the select under way fills; guarded by {@link #selecting}. */
  private Batch batch = new Batch();

  /** A batch to use again; a poll takes it out, so that an overlapping one has its own. */
  private volatile @Nullable Batch spare;

  /** Whether a thread is in select, or about to be, and must be woken for news. */
  private volatile boolean waiting;

  private volatile boolean woken;

  /** Whether a cancelled key waits for the selector to let go of it. */
  private volatile boolean flushWanted;

  private Poller(Selector selector) {
    this.selector = selector;
  }

  /**
   * A new poller, with nothing to wait for.
   *
   * @throws IOException if there are no descriptors for it
   */
  public static Poller open() throws IOException {
    return new Poller(Selector.open());
  }

  /**
   * Registers a link, with no interest at first.
   *
   * @throws ClosedChannelException if the link or the poller is closed
   * @throws IllegalArgumentException if the link is none of a {@link Transport}'s, or is registered
   *     here already
   */
  public Registration add(Link link, @Nullable Object attachment) throws IOException {
    return register(link, attachment);
  }

  /** Registers a listener, as {@link #add(Link, Object)} does a link. */
  public Registration add(Listener listener, @Nullable Object attachment) throws IOException {
    return register(listener, attachment);
  }

  private Registration register(Object source, @Nullable Object attachment) throws IOException {
    if (source instanceof Selectable selectable) {
      return registerKey(selectable, attachment);
    }
    if (source instanceof SoftSource soft) {
      return registerSoft(soft, attachment);
    }
    throw new IllegalArgumentException("no link or listener of a transport: " + source);
  }

  private Registration registerKey(Selectable source, @Nullable Object attachment)
      throws IOException {
    KeyRegistration registration = new KeyRegistration(this, source, attachment);
    // First, so that a close from now on finds it.
    source.registrations().add(registration);
    boolean done = false;
    try {
      SelectionKey old = source.channel().keyFor(selector);
      if (old != null && old.isValid()) {
        throw new IllegalArgumentException(source + " is registered with this poller already");
      }
      // Cancelled, yet perhaps not let go of: a channel has at most one key in a selector.
      while (selector.isOpen() && source.channel().keyFor(selector) != null) {
        cancelled();
        LockSupport.parkNanos(1_000);
      }
      registration.key = source.channel().register(selector, 0, registration);
      done = true;
      return registration;
    } catch (ClosedSelectorException e) {
      throw closed(e);
    } finally {
      if (!done) {
        source.registrations().remove(registration);
      }
    }
  }

  private Registration registerSoft(SoftSource source, @Nullable Object attachment)
      throws IOException {
    if (!selector.isOpen()) {
      throw new ClosedChannelException();
    }
    for (Registration other : source.registrations()) {
      if (other instanceof SoftRegistration soft && soft.isWith(this)) {
        throw new IllegalArgumentException(source + " is registered with this poller already");
      }
    }
    SoftRegistration registration = new SoftRegistration(this, source, attachment);
    source.registrations().add(registration);
    softRegistrations.add(registration);
    // A close from now on finds it; one before is seen here.
    if (!source.isOpen() || !selector.isOpen()) {
      registration.cancel();
      throw new ClosedChannelException();
    }
    return registration;
  }

  /**
   * Waits until something registered is ready, and tells the handler of all that is.
   *
   * <p>It also returns, perhaps with 0, after {@link #wakeup}. An interrupt ends the wait as well:
   * the flag is then taken down, so that the next poll does not return at once, and the caller is
   * told by {@link #INTERRUPTED}; what was ready was handed out all the same. A poll that does not
   * wait leaves the flag alone.
   *
   * @param timeoutNanos negative: for ever; 0: only look; else at most that long, rounded up to
   *     whole milliseconds
   * @return the number of registrations told, or INTERRUPTED
   * @throws ClosedChannelException if the poller is closed, before or meanwhile
   */
  public int poll(long timeoutNanos, ReadyHandler handler) throws IOException {
    boolean interrupted = timeoutNanos != 0 && Thread.interrupted();
    Batch ready = select(interrupted ? 0 : timeoutNanos);
    if (timeoutNanos != 0 && Thread.interrupted()) {
      interrupted = true;
    }
    int count = ready.tell(handler);
    spare = ready;
    return interrupted ? INTERRUPTED : count;
  }

  private Batch select(long timeoutNanos) throws IOException {
    selecting.lock();
    try {
      Batch own = spare;
      spare = null;
      batch = own == null ? new Batch() : own;
      flushWanted = false;
      waiting = timeoutNanos != 0;
      // Both are read after waiting is set: whoever wakes does it in the other order.
      boolean found = takeCandidates();
      if (found || timeoutNanos == 0 || woken) {
        selector.selectNow(record);
      } else if (timeoutNanos < 0) {
        selector.select(record);
      } else {
        selector.select(record, millis(timeoutNanos));
      }
      if (!found) {
        takeCandidates();
      }
      if (!selector.isOpen()) {
        throw new ClosedChannelException();
      }
      return batch;
    } catch (ClosedSelectorException e) {
      throw closed(e);
    } finally {
      waiting = false;
      if (timeoutNanos != 0) {
        woken = false;
      }
      selecting.unlock();
      flush();
    }
  }

  /** Moves the candidates that are ready into the batch; they stay candidates. */
  private boolean takeCandidates() {
    boolean found = false;
    for (int left = candidates.isEmpty() ? 0 : candidates.size(); left > 0; left--) {
      SoftRegistration candidate = candidates.poll();
      if (candidate == null) {
        break;
      }
      int ready = candidate.readyOrUnlist();
      if (ready != 0) {
        candidates.add(candidate);
        batch.add(candidate, ready);
        found = true;
      }
    }
    return found;
  }

  private void record(SelectionKey key) {
    if (key.attachment() instanceof KeyRegistration registration) {
      try {
        batch.add(registration, key.readyOps());
      } catch (CancelledKeyException e) {
        // Closed meanwhile: it drops out silently.
      }
    }
  }

  private static void disregard(SelectionKey key) {}

  private static long millis(long nanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    return TimeUnit.MILLISECONDS.toNanos(millis) < nanos ? millis + 1 : millis;
  }

  private static ClosedChannelException closed(ClosedSelectorException cause) {
    ClosedChannelException closed = new ClosedChannelException();
    closed.initCause(cause);
    return closed;
  }

  /**
   * Makes the poll under way return, or the next one that would wait; several count as one. Cheap
   * where nobody waits.
   */
  public void wakeup() {
    woken = true;
    interestGrew();
  }

  /** Has a waiting thread look again at what it waits for. */
  void interestGrew() {
    if (waiting) {
      selector.wakeup();
    }
  }

  /**
   * Lets go of cancelled keys and thereby of the descriptors of closed channels. A selector does so
   * only when it is used: by the thread that waits in it, or by this one if there is none.
   */
  void flush() {
    while (flushWanted && selector.isOpen()) {
      if (!selecting.tryLock()) {
        // Whoever holds the lock looks at the flag again after giving it back.
        interestGrew();
        return;
      }
      try {
        flushWanted = false;
        // By level: what is ready now is told by the next poll.
        selector.selectNow(Poller::disregard);
      } catch (IOException | ClosedSelectorException e) {
        return;
      } finally {
        selecting.unlock();
      }
    }
  }

  /** Takes in a soft registration that may be ready. */
  void list(SoftRegistration candidate) {
    candidates.add(candidate);
    interestGrew();
  }

  void forget(SoftRegistration registration) {
    softRegistrations.remove(registration);
  }

  /** Has the selector let go of a key that was just cancelled. */
  void cancelled() {
    flushWanted = true;
    flush();
  }

  /** Frees the poller's descriptors; a poll under way ends. Idempotent, never throws. */
  @Override
  public void close() {
    softRegistrations.forEach(Registration::cancel);
    candidates.clear();
    try {
      for (SelectionKey key : selector.keys().toArray(new SelectionKey[0])) {
        if (key.attachment() instanceof KeyRegistration registration) {
          registration.forget();
        }
      }
      selector.close();
    } catch (IOException | ClosedSelectorException e) {
      // Nothing is left to free.
    }
  }

  /** What one select found. */
  private static final class Batch {
    private ToldRegistration[] registrations = new ToldRegistration[8];
    private int[] operations = new int[8];
    private int size;

    void add(ToldRegistration registration, int ready) {
      if (size == registrations.length) {
        registrations = Arrays.copyOf(registrations, 2 * size);
        operations = Arrays.copyOf(operations, 2 * size);
      }
      registrations[size] = registration;
      operations[size++] = ready;
    }

    int tell(ReadyHandler handler) {
      int count = size;
      try {
        for (int i = 0; i < count; i++) {
          registrations[i].tell(handler, operations[i]);
        }
      } finally {
        Arrays.fill(registrations, 0, count, null);
        size = 0;
      }
      return count;
    }
  }
}
