package dev.parley.conformance.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KnownFailuresTest {
  @TempDir private Path folder;

  @Test
  void aStarStandsForAnyText() throws IOException {
    KnownFailures known = read("# a comment\n\n*-cpp cancel/* it cannot yet\n");
    assertThat(known.reason("java-cpp", "cancel/before-the-reply")).contains("it cannot yet");
    assertThat(known.reason("cpp-java", "cancel/before-the-reply")).isEmpty();
    assertThat(known.reason("java-cpp", "unary/cancel/x")).isEmpty();
  }

  @Test
  void aLineWithoutAReasonIsRefused() {
    assertThatThrownBy(() -> read("java-cpp unary/small\n")).isInstanceOf(IOException.class);
  }

  private KnownFailures read(String text) throws IOException {
    Path file = folder.resolve("known-failures.txt");
    Files.writeString(file, text);
    return KnownFailures.read(file);
  }
}
