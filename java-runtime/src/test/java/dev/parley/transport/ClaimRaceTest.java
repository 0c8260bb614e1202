package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Claims among several processes. */
@ExtendWith(LeaveNothingBehind.class)
class ClaimRaceTest {
  private static final int PROCESSES = 4;
  private static final int ROUNDS = 25;

  @TempDir Path directory;

  private Endpoint endpoint() throws IOException {
    return SocketNames.explicit(directory.resolve("race.sock"));
  }

  @Test
  void aClaimHeldElsewhereIsRefusedUntilItsProcessIsKilled() throws Exception {
    try (ClaimingChild child = ClaimingChild.start()) {
      assertThat(child.claim(endpoint())).isEqualTo("claimed");
      try (ClaimingChild other = ClaimingChild.start()) {
        assertThat(other.claim(endpoint())).isEqualTo("IN_USE");
        child.kill();
        // The socket of the killed one is there still, and may answer a moment longer.
        assertThat(directory.resolve("race.sock")).exists();
        assertThat(other.claim(endpoint())).isEqualTo("claimed");
        Transport.standard().connect(endpoint(), 0).close();
      }
    }
  }

  @Test
  void theLockAloneKeepsOthersOut() throws Exception {
    try (ClaimingChild child = ClaimingChild.start()) {
      assertThat(child.claim(endpoint())).isEqualTo("claimed");
      // With nothing left at the path to probe, only the lock can tell.
      Files.delete(directory.resolve("race.sock"));
      assertThatThrownBy(() -> Transport.standard().listen(endpoint(), 1))
          .isInstanceOf(TransportException.class)
          .hasMessageContaining("another process holds its lock");
      assertThat(directory.resolve("race.sock")).doesNotExist();
    }
  }

  @Test
  void ofFourThatRaceForAStaleSocketExactlyOneListens() throws Exception {
    List<ClaimingChild> children = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        children.add(ClaimingChild.start());
      }
      for (int round = 0; round < ROUNDS; round++) {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
          dead.bind(UnixDomainSocketAddress.of(directory.resolve("race.sock")));
        }
        for (ClaimingChild child : children) {
          child.startClaim(endpoint());
        }
        List<String> answers = new ArrayList<>();
        for (ClaimingChild child : children) {
          answers.add(child.answer());
        }
        assertThat(answers)
            .as("round %d", round)
            .containsExactlyInAnyOrder("claimed", "IN_USE", "IN_USE", "IN_USE");
        Transport.standard().connect(endpoint(), 0).close();
        for (ClaimingChild child : children) {
          child.release();
        }
        assertThat(directory.resolve("race.sock")).doesNotExist();
      }
    } finally {
      children.forEach(ClaimingChild::close);
    }
  }
}
