package dev.parley.transport;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketCredentials;

/**
 * A link over a junixsocket channel, which keeps the promises of {@link Link} that the channel
 * alone does not.
 *
 * <p>A junixsocket channel never tells the peer's end unless it blocks, is closed by an interrupt
 * or a broken pipe, and cannot be watched by a Selector together with others. So two threads of the
 * library, one reading and one writing, block on the bare descriptor in place of the channel, with
 * a bounded queue each between them and the caller. Written bytes are flushed after {@link #close}
 * for up to a second; then the threads end and the descriptor is freed.
 */
final class NativeLink implements Link, SoftSource {
  private static final int QUEUE_BYTES = 64 * 1024;

  /** What the JDK reads and writes without taking memory for it. */
  private static final int CHUNK_BYTES = 8 * 1024;

  private static final long FOREVER = Long.MAX_VALUE;
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AFUNIXSocketChannel channel;
  private final Endpoint endpoint;
  private final Credentials credentials;
  private final Set<Registration> registrations = ConcurrentHashMap.newKeySet(2);

  /** Guards everything below, and is notified of every change of it. */
  private final Object lock = new Object();

  private final ByteQueue in = new ByteQueue(QUEUE_BYTES);
  private final ByteQueue out = new ByteQueue(QUEUE_BYTES);
  private boolean inEnded;
  private boolean outEnding;
  private boolean writerDone;
  private @Nullable IOException inFailure;
  private @Nullable IOException outFailure;
  private boolean closed;

  /** Takes over a connected channel. Call {@link #start} next. */
  private NativeLink(AFUNIXSocketChannel channel, Endpoint endpoint, Credentials credentials) {
    this.channel = channel;
    this.endpoint = endpoint;
    this.credentials = credentials;
  }

  /** Takes over a connected channel; on failure it is the caller's still. */
  static NativeLink of(AFUNIXSocketChannel channel, Endpoint endpoint) throws IOException {
    channel.configureBlocking(true);
    NativeLink link = new NativeLink(channel, endpoint, credentials(channel));
    link.start();
    return link;
  }

  private static Credentials credentials(AFUNIXSocketChannel channel) throws IOException {
    AFUNIXSocketCredentials peer = channel.getPeerCredentials();
    if (peer == null || peer.getUid() < 0) {
      throw new IOException("the kernel does not tell who the peer is");
    }
    return new Credentials(
        OptionalLong.of(peer.getUid()),
        peer.getGid() < 0 ? OptionalLong.empty() : OptionalLong.of(peer.getGid()),
        peer.getPid() <= 0 ? OptionalInt.empty() : OptionalInt.of((int) peer.getPid()),
        peer.getUid() == ProcessUser.EUID ? ProcessUser.NAME : "");
  }

  private void start() throws IOException {
    // They do not own the descriptor and are never closed: only the channel is.
    FileInputStream input = new FileInputStream(channel.getFileDescriptor());
    FileOutputStream output = new FileOutputStream(channel.getFileDescriptor());
    Thread reader = thread("parley-native-read", () -> readLoop(input));
    Thread writer = thread("parley-native-write", () -> writeLoop(output));
    writer.start();
    boolean done = false;
    try {
      reader.start();
      done = true;
    } finally {
      if (!done) { // No memory for a thread: let the other one go.
        synchronized (lock) {
          closed = true;
          lock.notifyAll();
        }
      }
    }
  }

  private static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new ClosedChannelException();
      }
      int count = in.take(buffer);
      if (count > 0) {
        lock.notifyAll();
        return count;
      }
      if (in.size() > 0 || !buffer.hasRemaining()) {
        return 0;
      }
      if (inFailure != null) {
        throw new IOException(inFailure.getMessage(), inFailure);
      }
      return inEnded ? -1 : 0;
    }
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    synchronized (lock) {
      if (closed || outEnding) {
        throw new ClosedChannelException();
      }
      if (outFailure != null) {
        throw new IOException(outFailure.getMessage(), outFailure);
      }
      int count = out.put(buffer);
      if (count > 0) {
        lock.notifyAll();
      }
      return count;
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    synchronized (lock) {
      if (closed) {
        throw new ClosedChannelException();
      }
      outEnding = true;
      lock.notifyAll();
    }
  }

  private void readLoop(FileInputStream input) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      while (awaitRoom()) {
        int count = input.read(chunk);
        synchronized (lock) {
          if (closed) {
            break;
          }
          if (count < 0) {
            inEnded = true;
          } else {
            in.put(ByteBuffer.wrap(chunk, 0, count));
          }
        }
        readinessGrew();
        if (count < 0) {
          break;
        }
      }
    } catch (IOException e) {
      synchronized (lock) {
        inFailure = e;
      }
      readinessGrew();
    }
    finish();
  }

  /** Waits until a whole chunk fits; false once the link is closed. */
  private boolean awaitRoom() {
    synchronized (lock) {
      waitUntil(() -> closed || in.room() >= CHUNK_BYTES, FOREVER);
      return !closed;
    }
  }

  /** The reader's end: it waits for the close and then for the writer, and frees the descriptor. */
  private void finish() {
    synchronized (lock) {
      waitUntil(() -> closed, FOREVER);
      waitUntil(() -> writerDone, LINGER_NANOS);
    }
    // Ends a write that the peer does not take.
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      // It has ended already.
    }
    synchronized (lock) {
      waitUntil(() -> writerDone, FOREVER);
    }
    // Only now, when no thread can be about to use the descriptor's number.
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone all the same.
    }
  }

  private void writeLoop(FileOutputStream output) {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    try {
      while (nextToWrite(chunk)) {
        output.write(chunk.array(), 0, chunk.position());
      }
      channel.shutdownOutput();
    } catch (IOException e) {
      synchronized (lock) {
        outFailure = e;
      }
      readinessGrew();
    } finally {
      synchronized (lock) {
        writerDone = true;
        lock.notifyAll();
      }
    }
  }

  /** Waits for bytes to write; false once there are none and there will be none. */
  private boolean nextToWrite(ByteBuffer chunk) {
    chunk.clear();
    synchronized (lock) {
      waitUntil(() -> out.size() > 0 || closed || outEnding, FOREVER);
      if (out.size() == 0) {
        return false;
      }
      out.take(chunk);
    }
    readinessGrew();
    return true;
  }

  /**
   * Waits, with the lock held, until the condition is met; false if it is not in time.
   *
   * @param nanos how long at most, rounded up to whole milliseconds
   */
  private boolean waitUntil(BooleanSupplier condition, long nanos) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      long left = nanos - (System.nanoTime() - start);
      if (left <= 0) {
        return false;
      }
      try {
        lock.wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
      } catch (InterruptedException e) {
        // These are the library's own threads: nobody's wish is lost.
      }
    }
    return true;
  }

  @Override
  public boolean isReadable() {
    synchronized (lock) {
      return in.size() > 0 || inEnded || inFailure != null;
    }
  }

  @Override
  public boolean isWritable() {
    synchronized (lock) {
      return out.room() > 0 || outFailure != null;
    }
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
  public Credentials credentials() {
    return credentials;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      lock.notifyAll();
      // Wakes the reader. Under the lock, so that the descriptor cannot be freed before.
      try {
        channel.shutdownInput();
      } catch (IOException e) {
        // The peer has gone, and the reader with it.
      }
    }
    leavePollers();
  }

  @Override
  public String toString() {
    return "link at " + endpoint;
  }
}
