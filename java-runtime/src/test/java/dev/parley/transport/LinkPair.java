package dev.parley.transport;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Two ends of one connection, and the listener between them. */
final class LinkPair implements Closeable {
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  final Listener listener;
  final Link client;
  final Link server;

  private LinkPair(Listener listener, Link client, Link server) {
    this.listener = listener;
    this.client = client;
    this.server = server;
  }

  static LinkPair open(Transport transport, Endpoint endpoint) throws IOException {
    Listener listener = transport.listen(endpoint, 16);
    Link client = transport.connect(endpoint, 0);
    return new LinkPair(listener, client, accept(listener));
  }

  static Link accept(Listener listener) throws IOException {
    try (Poller poller = Poller.open()) {
      poller.add(listener, null).interest(true, false);
      while (true) {
        Link link = listener.accept();
        if (link != null) {
          return link;
        }
        await(poller);
      }
    }
  }

  private static void await(Poller poller) throws IOException {
    boolean[] told = new boolean[1];
    poller.poll(PATIENCE_NANOS, (registration, readable, writable) -> told[0] = true);
    if (!told[0]) {
      throw new IOException("nothing became ready in time");
    }
  }

  /** Reads the given number of bytes, or up to the end if there are fewer. */
  static String read(Link link, int count) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (Poller poller = Poller.open()) {
      poller.add(link, null).interest(true, false);
      while (read.size() < count) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(64 * 1024, count - read.size()));
        int got = link.read(buffer);
        if (got < 0) {
          break;
        } else if (got == 0) {
          await(poller);
        } else {
          read.write(buffer.array(), 0, got);
        }
      }
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  static String readToEnd(Link link) throws IOException {
    return read(link, Integer.MAX_VALUE);
  }

  static void write(Link link, String text) throws IOException {
    ByteBuffer bytes = bytes(text);
    try (Poller poller = Poller.open()) {
      poller.add(link, null).interest(false, true);
      while (bytes.hasRemaining()) {
        if (link.write(bytes) == 0) {
          await(poller);
        }
      }
    }
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes until the link takes no more; returns how much it took. */
  static long fill(Link link) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(64 * 1024);
    long total = 0;
    // A native link's own thread goes on moving bytes to the kernel: full is when that has ended.
    int fruitless = 0;
    while (fruitless < 50) {
      bytes.clear();
      int taken = link.write(bytes);
      total += taken;
      fruitless = taken == 0 ? fruitless + 1 : 0;
      if (taken == 0 && link instanceof NativeLink) {
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
    }
    return total;
  }

  @Override
  public void close() {
    client.close();
    server.close();
    listener.close();
  }
}
