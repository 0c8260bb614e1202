package dev.parley;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A subscriber in a process of its own, which a test may stop and let go on. */
final class SubscriberProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private SubscriberProcess(Process process) {
    this.process = process;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Subscribes to {@code load}, and says how much came of it when {@code last} is published. */
  static SubscriberProcess start(Path socket) throws IOException {
    SubscriberProcess started =
        new SubscriberProcess(
            JavaCommand.builder(SubscriberProcess.class, socket.toString()).start());
    if (!"ready".equals(started.line())) {
      throw new IOException("the subscriber did not become ready");
    }
    return started;
  }

  /** The next line that it says; null if it has ended. */
  String line() throws IOException {
    return String.valueOf(out.readLine());
  }

  /** Sends it STOP or CONT. */
  void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public static void main(String... args) throws Exception {
    AtomicLong got = new AtomicLong();
    AtomicLong missed = new AtomicLong();
    CountDownLatch last = new CountDownLatch(1);
    try (Client client = Client.connect(Address.path(Path.of(args[0])))) {
      client
          .topics()
          .subscribe(
              "load",
              (publication, context) -> {
                got.incrementAndGet();
                missed.addAndGet(context.missed());
                if (publication.size() == 4) {
                  last.countDown();
                }
              })
          .held()
          .get(10, TimeUnit.SECONDS);
      System.out.println("ready");
      last.await();
      System.out.println("got " + got + " missed " + missed);
    }
  }
}
