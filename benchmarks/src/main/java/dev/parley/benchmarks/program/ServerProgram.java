package dev.parley.benchmarks.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** What a server program does once it listens. */
public final class ServerProgram {
  private ServerProgram() {}

  /** Says {@code ready}, answers {@code memory}, and returns when standard input ends. */
  public static void untilEndOfInput() throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    System.out.println("ready");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(line.equals("memory") ? Memory.figures() : Commands.UNSUPPORTED);
    }
  }
}
