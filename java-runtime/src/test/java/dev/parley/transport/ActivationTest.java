package dev.parley.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which socket the environment of a process means. */
class ActivationTest {
  private static final long PID = 42;

  private static int find(String name, Map<String, String> environment) throws TransportException {
    return Activation.find(name, environment::get, PID).descriptor();
  }

  private static void fails(String name, Map<String, String> environment, String text) {
    assertThatThrownBy(() -> find(name, environment))
        .isInstanceOf(TransportException.class)
        .hasMessageStartingWith("N-8: ")
        .hasMessageContaining(text);
  }

  @Test
  void withoutAnyItIsStandardInput() throws Exception {
    assertThat(find("", Map.of())).isZero();
    fails("web", Map.of(), "LISTEN_FDS is not set");
  }

  @Test
  void theOnlyOneNeedsNoName() throws Exception {
    assertThat(find("", Map.of("LISTEN_PID", "42", "LISTEN_FDS", "1"))).isEqualTo(3);
    fails("", Map.of("LISTEN_PID", "42", "LISTEN_FDS", "2"), "there are 2");
    fails("", Map.of("LISTEN_PID", "42", "LISTEN_FDS", "0"), "there are 0");
  }

  @Test
  void aNameMustBeThereOnce() throws Exception {
    Map<String, String> three =
        Map.of("LISTEN_PID", "42", "LISTEN_FDS", "3", "LISTEN_FDNAMES", "a:web:a");
    assertThat(find("web", three)).isEqualTo(4);
    fails("a", three, "one socket named a is wanted");
    fails("b", three, "[a, web, a]");
  }

  @Test
  void aNameBeyondTheCountIsNone() {
    fails(
        "web",
        Map.of("LISTEN_PID", "42", "LISTEN_FDS", "1", "LISTEN_FDNAMES", "a:web"),
        "there are 1");
  }

  @Test
  void thoseOfAnotherProcessAreNotTaken() {
    fails("", Map.of("LISTEN_PID", "41", "LISTEN_FDS", "1"), "LISTEN_PID is 41");
    fails("", Map.of("LISTEN_FDS", "1"), "LISTEN_PID is null");
  }

  @Test
  void aCountMustBeANumber() {
    fails("", Map.of("LISTEN_PID", "42", "LISTEN_FDS", "many"), "\"many\"");
  }
}
