package dev.parley.benchmarks.rival.grpc;

import dev.parley.benchmarks.program.Arguments;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The ends of gRPC-Java on a Unix socket: Netty's native transport, without TLS. */
final class UnixTransport implements AutoCloseable {
  /** Says of every channel that a Unix socket has no SO_KEEPALIVE, which gRPC asks for. */
  private static final Logger BOOTSTRAP = Logger.getLogger("io.netty.bootstrap");

  /** Over all that is measured; gRPC's own limit is 4 MiB. */
  private static final int LARGEST_MESSAGE = 80 << 20;

  private final Path path;
  private final boolean direct;

  /** As many event loops as Netty has by itself, twice the cores; a connection uses one. */
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          new DefaultThreadFactory("loop", true), EpollIoHandler.newFactory());

  private UnixTransport(Path path, boolean direct) {
    this.path = path;
    this.direct = direct;
    BOOTSTRAP.setLevel(Level.SEVERE);
  }

  /**
   * The transport at {@code --path} with {@code --executor}: {@code direct} runs callbacks and
   * handlers on the event loop, {@code default} on gRPC's own pool.
   */
  static UnixTransport of(Arguments arguments) {
    String executor = arguments.required("--executor");
    return switch (executor) {
      case "direct" -> new UnixTransport(arguments.path(), true);
      case "default" -> new UnixTransport(arguments.path(), false);
      default -> throw new IllegalArgumentException("wanted direct|default, got " + executor);
    };
  }

  /** A builder of the server that listens on the path. */
  NettyServerBuilder server() {
    NettyServerBuilder server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(path.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .maxInboundMessageSize(LARGEST_MESSAGE);
    return direct ? server.directExecutor() : server;
  }

  /** A new connection, opened by its first call. */
  ManagedChannel channel() {
    NettyChannelBuilder channel =
        NettyChannelBuilder.forAddress(new DomainSocketAddress(path.toFile()))
            .channelType(EpollDomainSocketChannel.class)
            .eventLoopGroup(loops)
            .overrideAuthority("localhost")
            .usePlaintext()
            // Keeping calls for another try costs a tenth of their rate.
            .disableRetry()
            .maxInboundMessageSize(LARGEST_MESSAGE);
    return (direct ? channel.directExecutor() : channel).build();
  }

  @Override
  public void close() {
    var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
