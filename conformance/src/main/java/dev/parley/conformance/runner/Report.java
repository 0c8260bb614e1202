package dev.parley.conformance.runner;

import dev.parley.conformance.runner.Outcome.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All outcomes of a run, as people and as programs read them. Immutable. */
record Report(Map<String, List<Outcome>> pairs) {

  static Report of(List<String> order, List<Outcome> outcomes) {
    Map<String, List<Outcome>> pairs = new LinkedHashMap<>();
    order.forEach(pair -> pairs.put(pair, new ArrayList<>()));
    for (Outcome outcome : outcomes) {
      pairs.computeIfAbsent(outcome.pair(), pair -> new ArrayList<>()).add(outcome);
    }
    pairs.values().removeIf(List::isEmpty);
    return new Report(pairs);
  }

  private static long count(List<Outcome> outcomes, Verdict verdict) {
    return outcomes.stream().filter(outcome -> outcome.verdict() == verdict).count();
  }

  boolean hasFailures() {
    return pairs.values().stream().anyMatch(outcomes -> count(outcomes, Verdict.FAILED) > 0);
  }

  boolean isEmpty() {
    return pairs.isEmpty();
  }

  /** Failures with their evidence, what was skipped and why, and at the end the table. */
  void print(PrintStream out) {
    for (List<Outcome> outcomes : pairs.values()) {
      for (Outcome outcome : outcomes) {
        if (outcome.verdict() == Verdict.FAILED) {
          out.println("FAILED " + outcome.pair() + " " + outcome.name() + ": " + outcome.reason());
          outcome.evidence().forEach(out::println);
        } else if (outcome.verdict() == Verdict.SKIPPED) {
          out.println("SKIPPED " + outcome.pair() + " " + outcome.name() + ": " + outcome.reason());
        }
      }
    }
    out.println();
    out.printf("%-12s %8s %8s %8s %10s%n", "pair", "passed", "failed", "skipped", "seconds");
    pairs.forEach(
        (pair, outcomes) ->
            out.printf(
                "%-12s %8d %8d %8d %10.1f%n",
                pair,
                count(outcomes, Verdict.PASSED),
                count(outcomes, Verdict.FAILED),
                count(outcomes, Verdict.SKIPPED),
                outcomes.stream().mapToLong(Outcome::millis).sum() / 1000.0));
    out.println();
    pairs.forEach(
        (pair, outcomes) ->
            out.printf(
                "%s: %d passed, %d failed, %d skipped%n",
                pair,
                count(outcomes, Verdict.PASSED),
                count(outcomes, Verdict.FAILED),
                count(outcomes, Verdict.SKIPPED)));
  }

  void write(Path file) throws IOException {
    StringBuilder json = new StringBuilder("{\n  \"pairs\": [");
    String next = "\n";
    for (Map.Entry<String, List<Outcome>> pair : pairs.entrySet()) {
      json.append(next).append(pair(pair.getKey(), pair.getValue()));
      next = ",\n";
    }
    json.append("\n  ]\n}\n");
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, json);
  }

  private static String pair(String name, List<Outcome> outcomes) {
    StringBuilder json = new StringBuilder("    {");
    json.append("\"pair\": ").append(quoted(name));
    json.append(", \"passed\": ").append(count(outcomes, Verdict.PASSED));
    json.append(", \"failed\": ").append(count(outcomes, Verdict.FAILED));
    json.append(", \"skipped\": ").append(count(outcomes, Verdict.SKIPPED));
    json.append(", \"cases\": [");
    String next = "\n";
    for (Outcome outcome : outcomes) {
      json.append(next).append("      {\"name\": ").append(quoted(outcome.name()));
      json.append(", \"verdict\": ").append(quoted(outcome.verdict().name()));
      json.append(", \"millis\": ").append(outcome.millis());
      if (!outcome.reason().isEmpty()) {
        json.append(", \"reason\": ").append(quoted(outcome.reason()));
      }
      json.append('}');
      next = ",\n";
    }
    return json.append("\n    ]}").toString();
  }

  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
