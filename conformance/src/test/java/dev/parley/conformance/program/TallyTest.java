package dev.parley.conformance.program;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** The digest that every peer program must come to. */
final class TallyTest {
  private static Tally of(String... payloads) {
    Tally tally = new Tally();
    for (String payload : payloads) {
      tally.add(ByteString.copyFromUtf8(payload));
    }
    return tally;
  }

  @Test
  void theDigestIsFnv1aOfAllPayloads() {
    // From the tables of its authors, http://www.isthe.com/chongo/tech/comp/fnv.
    assertThat(of().digest()).isEqualTo("cbf29ce484222325");
    assertThat(of("a").digest()).isEqualTo("af63dc4c8601ec8c");
    assertThat(of("foo", "", "bar").digest()).isEqualTo("85944171f73967e8");
  }

  @Test
  void messagesAndBytesAreCounted() {
    assertThat(of("foo", "", "bar").count()).isEqualTo(3);
    assertThat(of("foo", "", "bar").bytes()).isEqualTo(6);
  }

  @Test
  void anotherOrderIsAnotherDigest() {
    assertThat(of("a", "b").digest()).isNotEqualTo(of("b", "a").digest());
  }
}
