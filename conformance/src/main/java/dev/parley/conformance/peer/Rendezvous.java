package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The gates and logs of this process. Safe for use by many threads. */
final class Rendezvous {
  private final Map<String, CompletableFuture<Void>> gates = new HashMap<>();
  private final Map<String, List<ByteString>> logs = new HashMap<>();

  /** A future that completes when the gate is opened. */
  synchronized CompletableFuture<Void> gate(String name) {
    return gates.computeIfAbsent(name, key -> new CompletableFuture<>());
  }

  void open(String gate) {
    if (!gate.isEmpty()) {
      gate(gate).complete(null);
    }
  }

  synchronized void note(String log, ByteString text) {
    logs.computeIfAbsent(log, key -> new ArrayList<>()).add(text);
  }

  /** All notes of a log, which is empty then. */
  synchronized List<ByteString> take(String log) {
    List<ByteString> notes = logs.remove(log);
    return notes == null ? List.of() : notes;
  }
}
