package dev.parley.conformance.runner;

import java.util.List;

/**
 * How one case went for one pair. Immutable.
 *
 * @param pair client and server, {@code java-cpp}
 * @param name the case
 * @param reason why it failed or was skipped; empty: it passed
 * @param evidence the trace of the wire and what the programs said, for a failure
 */
record Outcome(
    String pair, String name, Verdict verdict, String reason, long millis, List<String> evidence) {
  enum Verdict {
    PASSED,
    FAILED,
    SKIPPED
  }
}
