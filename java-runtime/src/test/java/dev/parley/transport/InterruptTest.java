package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the whole design leans on: that interrupts never close a link. For JDK channels it is the
 * implementation that keeps it so, not its documentation.
 */
@ExtendWith(LeaveNothingBehind.class)
class InterruptTest {
  private static final int ROUNDS = 20_000;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(LinkTest.Kind.class)
  void aStormOfInterruptsLeavesTheLinkOpenAndLosesNothing(LinkTest.Kind kind) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread victim = Thread.currentThread();
    Thread storm =
        new Thread(
            () -> {
              while (!over.get()) {
                victim.interrupt();
                Thread.onSpinWait();
              }
            });
    ByteBuffer bytes = ByteBuffer.allocateDirect(8);
    int rounds = kind == LinkTest.Kind.CHANNEL_AT_PATH ? ROUNDS : ROUNDS / 10;
    try (LinkPair pair = kind.open(directory);
        Poller poller = Poller.open()) {
      poller.add(pair.server, null).interest(true, false);
      storm.start();
      for (int i = 0; i < rounds; i++) {
        bytes.clear().putLong(i).flip();
        while (bytes.hasRemaining()) {
          pair.client.write(bytes);
        }
        bytes.clear();
        while (bytes.hasRemaining()) {
          assertThat(pair.server.read(bytes)).isNotNegative();
          if (bytes.hasRemaining()) {
            poller.poll(LinkPair.PATIENCE_NANOS, (which, read, write) -> {});
          }
        }
        assertThat(bytes.flip().getLong()).isEqualTo(i);
      }
      // The link at rest, too, with the flag up for certain.
      Thread.currentThread().interrupt();
      assertThat(pair.server.read(bytes.clear())).isZero();
      assertThat(pair.client.write(LinkPair.bytes("x"))).isEqualTo(1);
      assertThat(pair.listener.accept()).isNull();
    } finally {
      over.set(true);
      while (storm.isAlive()) { // A join would be interrupted.
        Thread.onSpinWait();
      }
      Thread.interrupted();
    }
  }
}
