package dev.parley.benchmarks.raw;

import dev.parley.benchmarks.program.Arguments;
import dev.parley.benchmarks.program.Commands;
import dev.parley.benchmarks.program.EchoClient;
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
 * The program of the raw contestants: {@code server|client --path P --size N --read
 * blocking|selector|polling}.
 */
public final class RawEcho {
  private RawEcho() {}

  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.of(words);
    String reading = arguments.option("--read");
    if (arguments.isServer()) {
      serve(arguments.path(), arguments.size(), reading);
      return;
    }
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(arguments.path()));
    try (Client client = new Client(Pipe.of(reading, channel), arguments.size())) {
      Commands.answer(client);
    }
  }

  /** Serves one connection after the other, until standard input ends. */
  private static void serve(Path path, int size, String reading) throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      Thread echo = new Thread(() -> echoAll(listener, size, reading), "echo");
      echo.setDaemon(true);
      echo.start();
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // Nothing is said there; only its end counts.
      }
    } finally {
      Files.deleteIfExists(path);
    }
  }

  private static void echoAll(ServerSocketChannel listener, int size, String reading) {
    try {
      while (true) {
        try (Pipe pipe = Pipe.of(reading, listener.accept())) {
          echo(pipe, size);
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
    while (pipe.read(message)) {
      if (message.hasRemaining()) {
        continue;
      }
      message.flip();
      pipe.write(message);
      message.clear();
    }
  }

  private static final class Client implements EchoClient {
    private final Pipe pipe;
    private final ByteBuffer message;

    Client(Pipe pipe, int size) {
      this.pipe = pipe;
      this.message = ByteBuffer.allocateDirect(size);
    }

    @Override
    public void roundTrip() throws IOException {
      message.clear();
      pipe.write(message);
      message.clear();
      while (message.hasRemaining()) {
        if (!pipe.read(message)) {
          throw new IOException("the server has closed");
        }
      }
    }

    @Override
    public void close() throws IOException {
      pipe.close();
    }
  }
}
