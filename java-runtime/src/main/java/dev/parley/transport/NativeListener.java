package dev.parley.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSelectorProvider;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketChannel;

/**
 * A listener over a junixsocket channel. A thread of the library waits for connections with
 * junixsocket's own selector, since a close during a blocked accept loses a descriptor; what it
 * accepts waits in a short queue, and everything else in the kernel's.
 */
final class NativeListener implements Listener, SoftSource {
  private static final int QUEUE_LENGTH = 16;

  /** Makes another listener under the same claim. */
  @FunctionalInterface
  interface Restorer {
    Listener restore() throws IOException;
  }

  /** For a listener without a socket file. */
  static final Restorer NONE =
      () -> {
        throw new TransportException(
            TransportException.Reason.UNSUPPORTED, "N-13: there is no socket file");
      };

  private final AFUNIXServerSocketChannel channel;
  private final Endpoint endpoint;
  private final @Nullable PathClaim claim;
  private final Restorer restorer;

  /** Whether others accept on the same socket, which is not to be ended for them. */
  private final boolean isShared;

  /** The claim is another listener's now. */
  private volatile boolean retired;

  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet(1);

  /** Guards everything below, and is notified of every change of it. */
  private final Object lock = new Object();

  private final Queue<AFUNIXSocketChannel> accepted = new ArrayDeque<>();
  private @Nullable IOException failure;
  private boolean closed;

  private final AbstractSelector selector;
  private final Thread acceptor = new Thread(this::acceptLoop, "parley-native-accept");

  /**
   * Takes over a bound channel, and the claim if there is one; on failure they are the caller's.
   */
  NativeListener(
      AFUNIXServerSocketChannel channel,
      Endpoint endpoint,
      @Nullable PathClaim claim,
      Restorer restorer)
      throws IOException {
    this(channel, endpoint, claim, restorer, false);
  }

  /** A listener on a socket that others accept on, too. */
  static NativeListener ofShared(AFUNIXServerSocketChannel channel, Endpoint endpoint)
      throws IOException {
    return new NativeListener(channel, endpoint, null, NONE, true);
  }

  private NativeListener(
      AFUNIXServerSocketChannel channel,
      Endpoint endpoint,
      @Nullable PathClaim claim,
      Restorer restorer,
      boolean isShared)
      throws IOException {
    this.channel = channel;
    this.endpoint = endpoint;
    this.claim = claim;
    this.restorer = restorer;
    this.isShared = isShared;
    channel.configureBlocking(false);
    selector = AFUNIXSelectorProvider.provider().openSelector();
    channel.register(selector, SelectionKey.OP_ACCEPT);
    acceptor.setDaemon(true);
  }

  void start() {
    acceptor.start();
  }

  private void acceptLoop() {
    while (awaitDemand()) {
      AFUNIXSocketChannel next = null;
      IOException problem = null;
      try {
        selector.select();
        selector.selectedKeys().clear();
        next = channel.accept();
      } catch (IOException e) {
        problem = e;
      }
      boolean grew = false;
      synchronized (lock) {
        if (next != null) {
          accepted.add(next);
          grew = true;
        } else if (problem != null) {
          failure = problem;
          grew = true;
        }
      }
      if (grew) {
        readinessGrew();
      }
    }
    closeQuietly(selector);
    closeQuietly(isShared ? () -> SharedSocket.closeAlone(channel) : channel);
    synchronized (lock) {
      accepted.forEach(NativeListener::closeQuietly);
      accepted.clear();
    }
  }

  /**
   * Waits until there is room in the queue and the last failure was told: who is out of descriptors
   * sets the pace by his pauses. False once closed.
   */
  private boolean awaitDemand() {
    synchronized (lock) {
      while (!closed && (failure != null || accepted.size() >= QUEUE_LENGTH)) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // Nobody interrupts the library's threads; whoever does, the condition is looked at
          // again.
        }
      }
      return !closed;
    }
  }

  @Override
  public @Nullable Link accept() throws IOException {
    AFUNIXSocketChannel next;
    synchronized (lock) {
      if (closed) {
        throw new ClosedChannelException();
      }
      next = accepted.poll();
      IOException problem = failure;
      if (next == null && problem != null) {
        failure = null;
        lock.notifyAll();
        throw new IOException(problem.getMessage(), problem);
      }
      lock.notifyAll();
    }
    if (next == null) {
      return null;
    }
    boolean done = false;
    try {
      Link link = NativeLink.of(next, endpoint);
      done = true;
      return link;
    } finally {
      if (!done) {
        closeQuietly(next);
      }
    }
  }

  private static void closeQuietly(Closeable part) {
    try {
      part.close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }

  @Override
  public boolean isInPlace() {
    return claim == null || claim.isInPlace();
  }

  @Override
  public Listener restored() throws IOException {
    if (claim != null) {
      claim.clearPath();
    }
    Listener next = restorer.restore();
    retired = true;
    return next;
  }

  @Override
  public boolean isReadable() {
    synchronized (lock) {
      return failure != null || !accepted.isEmpty();
    }
  }

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public boolean isOpen() {
    synchronized (lock) {
      return !closed;
    }
  }

  @Override
  public Set<Registration> registrations() {
    return registrations;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    if (claim == null || retired) {
      stop();
    } else {
      claim.releaseAfter(this::stop);
    }
  }

  private void stop() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      lock.notifyAll();
    }
    leavePollers();
    selector.wakeup();
    // The thread never blocks but where it was just woken: it ends at once.
    boolean interrupted = false;
    while (acceptor.isAlive()) {
      try {
        acceptor.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "listener at " + endpoint;
  }
}
