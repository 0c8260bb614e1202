package dev.parley.benchmarks.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The commands that a client program reads from its standard input, one a line, each answered by
 * one line: figures as JSON, or {@code unsupported}. PROGRAMS.md describes them; programs in other
 * languages do the same.
 */
public final class Commands {
  static final String UNSUPPORTED = "unsupported";

  private static final Map<String, Command> BY_WORD =
      List.of(
              new SetSize(),
              new TimedCalls("latency", EchoClient::call),
              new TimedCalls("async-latency", client -> unwrapped(client.callAsync())),
              new TimedCalls("reentrant-latency", EchoClient::callReentrant),
              new PacedCalls(),
              new CountedCalls(),
              new CallbackCalls(),
              new ProducerCalls(),
              new CallersAtOnce(),
              new Streaming(),
              new CallsBesideSleep(),
              new CallsBesideTransfer(),
              new OpenConnections(),
              new Memory())
          .stream()
          .collect(Collectors.toUnmodifiableMap(Command::word, Function.identity()));

  private Commands() {}

  /** Says {@code ready} and answers commands until there are no more. */
  public static void answer(EchoClient client) throws Exception {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    System.out.println("ready");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(answer(client, line));
    }
  }

  static String answer(EchoClient client, String line) throws Exception {
    String[] words = line.trim().split(" ", -1);
    @Nullable Command command = BY_WORD.get(words[0]);
    if (command == null) {
      return UNSUPPORTED;
    }
    if (words.length != 1 + command.arguments()) {
      throw new IOException(words[0] + " takes " + command.arguments() + " numbers: " + line);
    }
    int[] arguments = new int[words.length - 1];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = Integer.parseInt(words[i + 1]);
    }
    try {
      return command.run(client, arguments).toString();
    } catch (UnsupportedOperationException e) {
      return UNSUPPORTED;
    }
  }

  /** What a future gives, or throws what it failed with. */
  static <T> T unwrapped(Future<T> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Failures.rethrow(e.getCause());
      throw e;
    }
  }
}
