package dev.parley.conformance.runner;

import dev.parley.conformance.program.Language;
import dev.parley.conformance.v1.Case;
import org.jspecify.annotations.Nullable;

/** A case and who plays it; a side that the runner plays itself is null. Immutable. */
record Task(Case played, @Nullable Language client, @Nullable Language server) {
  /** The name of the side that the runner plays. */
  static final String RAW = "raw";

  String pair() {
    return pair(client, server);
  }

  static String pair(@Nullable Language client, @Nullable Language server) {
    return (client == null ? RAW : client.name()) + "-" + (server == null ? RAW : server.name());
  }
}
