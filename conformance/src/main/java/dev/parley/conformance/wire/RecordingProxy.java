package dev.parley.conformance.wire;

import dev.parley.conformance.v1.Side;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket that passes every byte on to a server and records the frames that go by.
 *
 * <p>Each connection has two threads, one for each direction. Closing the proxy ends its
 * connections and deletes its socket.
 */
public final class RecordingProxy implements AutoCloseable {
  private final Path path;
  private final Path target;
  private final Trace trace;
  private final ServerSocketChannel listener;
  private final List<SocketChannel> channels = new ArrayList<>();
  private boolean closed;

  public RecordingProxy(Path path, Path target, Trace trace) throws IOException {
    this.path = path;
    this.target = target;
    this.trace = trace;
    this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(path));
    start("proxy-accept", this::accept);
  }

  public Path path() {
    return path;
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    int number = 0;
    try {
      while (true) {
        SocketChannel client = listener.accept();
        number++;
        if (!keep(client)) {
          return;
        }
        SocketChannel server = SocketChannel.open(StandardProtocolFamily.UNIX);
        if (!keep(server)) {
          return;
        }
        try {
          server.connect(UnixDomainSocketAddress.of(target));
        } catch (IOException e) {
          client.close();
          server.close();
          continue;
        }
        pass(number, client, server);
      }
    } catch (IOException e) {
      // The listener was closed.
    }
  }

  private void pass(int number, SocketChannel client, SocketChannel server) {
    start("proxy-to-server-" + number, () -> pump(number, Side.CLIENT_SIDE, client, server));
    start("proxy-to-client-" + number, () -> pump(number, Side.SERVER_SIDE, server, client));
  }

  /** Whether the channel may be used; it is closed with the proxy. */
  private synchronized boolean keep(SocketChannel channel) throws IOException {
    if (closed) {
      channel.close();
      return false;
    }
    channels.add(channel);
    return true;
  }

  private void pump(int number, Side side, SocketChannel from, SocketChannel to) {
    FrameSplitter splitter = new FrameSplitter(frame -> trace.add(number, side, frame));
    ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    try {
      while (from.read(buffer) >= 0) {
        splitter.feed(buffer.flip().duplicate());
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
    } catch (IOException e) {
      // One of the two is gone; the other is told below.
    }
    splitter.finish();
    trace.add(number, side, Received.END);
    try {
      to.shutdownOutput();
    } catch (IOException e) {
      // Gone as well.
    }
  }

  @Override
  public void close() {
    List<SocketChannel> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(channels);
    }
    try {
      listener.close();
      for (SocketChannel channel : open) {
        channel.close();
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new IllegalStateException("cannot close the proxy at " + path, e);
    }
  }
}
