package dev.parley;

import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * How a client has its server started when none answers (N-11): by a command, or by code of its
 * own. Of all clients of a server one starts it, whatever process they are in; the others wait.
 * Started means that it has answered a HELLO.
 *
 * <p>Immutable, and as safe for use by many threads as what it was made of.
 */
public final class SpinUp {
  /** Starts a server, or at least brings its start about. */
  @FunctionalInterface
  public interface Starter {
    /**
     * Called by one thread of all processes at a time. Whatever it throws fails the connect, after
     * it was tried some times.
     */
    void start() throws Exception;
  }

  /** What may have been started: told to end, and asked whether it has. */
  @FunctionalInterface
  interface Attempt {
    Attempt UNKNOWN = giveUp -> "";

    /**
     * Why no server can come of it any more; empty if one may.
     *
     * @param giveUp whether it is to be ended
     */
    String fault(boolean giveUp);
  }

  /** Brings the start about. */
  @FunctionalInterface
  interface Source {
    Attempt begin() throws Exception;
  }

  /** How long after the end of a command that has not failed a server may still come of it. */
  private static final long GRACE_NANOS = 1_000_000_000L;

  private final Source source;
  private final Duration timeout;

  private SpinUp(Source source, Duration timeout) {
    this.source = source;
    this.timeout = timeout;
  }

  /**
   * Runs a command, which is or starts the server. It outlives this process. Its standard input is
   * empty; standard output and error, where they are pipes, which nobody would read, go nowhere. A
   * command that ends with another code than 0 has failed; one that goes on and is not ready in
   * time is killed.
   */
  public static SpinUp command(ProcessBuilder command) {
    Objects.requireNonNull(command, "command");
    return new SpinUp(() -> run(command), Duration.ofSeconds(30));
  }

  /** Runs code of this program's. */
  public static SpinUp by(Starter starter) {
    Objects.requireNonNull(starter, "starter");
    return new SpinUp(
        () -> {
          starter.start();
          return Attempt.UNKNOWN;
        },
        Duration.ofSeconds(30));
  }

  /** How long a connect may take until the server is ready: 30 s unless set. */
  public SpinUp withTimeout(Duration timeout) {
    return new SpinUp(source, Objects.requireNonNull(timeout, "timeout"));
  }

  /** How long a connect may take until the server is ready. */
  public Duration timeout() {
    return timeout;
  }

  /**
   * Brings the start about.
   *
   * @throws StartFailure if it cannot be; perhaps it can a moment later
   * @throws RpcException CANCELLED if the thread is interrupted
   */
  Attempt begin(Address address) throws StartFailure {
    try {
      return source.begin();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcException(
          Status.of(Code.CANCELLED, "interrupted while starting the server " + address),
          Outcome.NOT_SENT,
          e);
    } catch (Exception e) {
      throw new StartFailure(address, e);
    }
  }

  private static Attempt run(ProcessBuilder command) throws IOException {
    Process process = detached(command).start();
    return new Attempt() {
      private long endedAt;

      @Override
      public String fault(boolean giveUp) {
        if (giveUp) {
          process.destroyForcibly();
        }
        if (process.isAlive()) {
          return "";
        }
        if (process.exitValue() != 0) {
          return "the command " + command.command() + " ended with code " + process.exitValue();
        }
        // It has started the server, which is on its way; or it found one that was about to end.
        endedAt = endedAt == 0 ? System.nanoTime() : endedAt;
        return System.nanoTime() - endedAt < GRACE_NANOS
            ? ""
            : "the command " + command.command() + " ended, and no server answers";
      }
    };
  }

  /** A copy of the command that hangs on nothing of this process. */
  private static ProcessBuilder detached(ProcessBuilder command) {
    ProcessBuilder copy =
        new ProcessBuilder(command.command())
            .directory(command.directory())
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(unlessPipe(command.redirectOutput()))
            .redirectError(unlessPipe(command.redirectError()))
            .redirectErrorStream(command.redirectErrorStream());
    copy.environment().clear();
    copy.environment().putAll(command.environment());
    copy.environment().remove(ChildProcess.VARIABLE);
    return copy;
  }

  private static ProcessBuilder.Redirect unlessPipe(ProcessBuilder.Redirect redirect) {
    return redirect.equals(ProcessBuilder.Redirect.PIPE)
        ? ProcessBuilder.Redirect.DISCARD
        : redirect;
  }
}
