package dev.parley.benchmarks.raw;

import dev.parley.benchmarks.program.Arguments;
import dev.parley.benchmarks.program.ClientProgram;
import dev.parley.benchmarks.program.EchoClient;
import dev.parley.benchmarks.program.ServerProgram;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The program of the raw contestants: {@code server|client --path P --read
 * blocking|selector|polling}.
 *
 * <p>A connection begins with the size of its messages, 4 bytes, so that the server knows when one
 * is whole. To change the size the client connects anew.
 */
public final class RawEcho {
  private RawEcho() {}

  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.of(words);
    if (arguments.role().equals("server")) {
      serve(arguments.path(), arguments.required("--read"));
    } else {
      ClientProgram.run(words, Client::new);
    }
  }

  /** Serves one connection after the other, until standard input ends. */
  private static void serve(Path path, String reading) throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Thread echo = new Thread(() -> echoAll(listener, reading), "echo");
      echo.setDaemon(true);
      echo.start();
      ServerProgram.untilEndOfInput();
    } finally {
      Files.deleteIfExists(path);
    }
  }

  private static void echoAll(ServerSocketChannel listener, String reading) {
    try {
      while (true) {
        try (Pipe pipe = Pipe.of(reading, listener.accept())) {
          ByteBuffer size = ByteBuffer.allocate(Integer.BYTES);
          if (fill(pipe, size)) {
            echo(pipe, size.flip().getInt());
          }
        }
      }
    } catch (ClosedChannelException e) {
      // The listener was closed: the program ends.
      return;
    } catch (IOException e) {
      System.err.println("echo: " + e);
    }
  }

  private static void echo(Pipe pipe, int size) throws IOException {
    ByteBuffer message = ByteBuffer.allocateDirect(size);
    while (fill(pipe, message)) {
      message.flip();
      pipe.write(message);
      message.clear();
    }
  }

  /** Reads until the buffer is full; false if the other end has closed before. */
  private static boolean fill(Pipe pipe, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (!pipe.read(buffer)) {
        return false;
      }
    }
    return true;
  }

  private static final class Client implements EchoClient {
    private final Path path;
    private final String reading;
    private Pipe pipe;
    private ByteBuffer message;

    Client(Arguments arguments) throws IOException {
      path = arguments.path();
      reading = arguments.required("--read");
      message = ByteBuffer.allocateDirect(64);
      pipe = connect();
    }

    private Pipe connect() throws IOException {
      Pipe connected = Pipe.of(reading, SocketChannel.open(UnixDomainSocketAddress.of(path)));
      connected.write(ByteBuffer.allocate(Integer.BYTES).putInt(message.capacity()).flip());
      return connected;
    }

    @Override
    public void size(int bytes) throws IOException {
      pipe.close();
      message = ByteBuffer.allocateDirect(bytes);
      pipe = connect();
    }

    @Override
    public void call() throws IOException {
      message.clear();
      pipe.write(message);
      message.clear();
      if (!fill(pipe, message)) {
        throw new IOException("the server has closed");
      }
    }

    @Override
    public void close() throws IOException {
      pipe.close();
    }
  }
}
