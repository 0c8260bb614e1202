package dev.parley;

import static dev.parley.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What of a client keeps its JVM alive. */
class AliveTest extends OverRealSockets {
  private final CountDownLatch let = new CountDownLatch(1);

  private Server holding() throws Exception {
    return serve(
        (request, context) -> {
          let.await();
          return text("it");
        });
  }

  private Process start(String what) throws IOException {
    return JavaCommand.builder(AliveProgram.class, what, directory.resolve("a.sock").toString())
        .start();
  }

  private static BufferedReader output(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo("main has ended");
    return out;
  }

  /** It ends although nobody has ended anything of it. */
  private void endsByItself(String what) throws Exception {
    try (Server server = holding()) {
      Process process = start(what);
      assertThat(output(process).readLine()).isNull();
      assertThat(process.waitFor()).isZero();
      let.countDown();
      assertThat(server.address()).isEqualTo(address);
    }
  }

  @Test
  void anIdleClientDoesNot() throws Exception {
    endsByItself("idle");
  }

  @Test
  void aCallInFlightDoes() throws Exception {
    try (Server server = holding()) {
      Process process = start("pending");
      BufferedReader out = output(process);
      assertThat(process.isAlive()).isTrue();
      let.countDown();
      assertThat(out.readLine()).isEqualTo("got it");
      assertThat(process.waitFor()).isZero();
      assertThat(server.address()).isEqualTo(address);
    }
  }

  @Test
  void aCallInFlightDoesNotIfTheProgramSaysSo() throws Exception {
    endsByItself("pending, unasked");
  }

  @Test
  void aHandlerDoesUntilItIsTakenAway() throws Exception {
    try (Server server = holding()) {
      Process process = start("handler");
      output(process);
      assertThat(server.peers().get(0).requestJson("end", null)).isEqualTo(true);
      assertThat(process.waitFor()).isZero();
    }
  }

  @Test
  void aHandlerDoesNotIfTheProgramSaysSo() throws Exception {
    endsByItself("handler, unasked");
  }
}
