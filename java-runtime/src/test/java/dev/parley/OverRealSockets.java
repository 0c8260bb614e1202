package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.rpc.CallOptions;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.UnaryHandler;
import dev.parley.test.v1.Text;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A path for a socket, a server at it, and the promise to leave nothing behind. */
@ExtendWith(LeavesNothing.class)
@Timeout(60)
abstract class OverRealSockets {
  static final CallOptions PLAIN = CallOptions.DEFAULT;
  static final UnaryHandler<Text, Text> ECHO = (request, context) -> request;

  @TempDir Path directory;
  Address address = Address.of("unset");

  @BeforeEach
  void choosePath() {
    address = Address.path(directory.resolve("a.sock"));
  }

  Server serve(UnaryHandler<Text, Text> handler) throws Exception {
    return Server.builder(address).service(TextService.answering(handler)).start();
  }

  static RpcException failureOf(CompletableFuture<?> call) {
    Throwable thrown =
        catchThrowableOfType(java.util.concurrent.CompletionException.class, call::join);
    assertThat(thrown).hasCauseInstanceOf(RpcException.class);
    return (RpcException) Objects.requireNonNull(thrown.getCause());
  }
}
