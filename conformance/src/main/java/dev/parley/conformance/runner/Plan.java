package dev.parley.conformance.runner;

import dev.parley.conformance.program.Language;
import dev.parley.conformance.v1.Case;
import dev.parley.conformance.v1.Case.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be run, sorted into lanes that run side by side. Immutable. */
record Plan(Map<String, List<Task>> lanes) {

  /**
   * Every chosen case with everyone who can play it.
   *
   * @param clients the languages that play clients; a null among them is the runner itself
   * @param servers the same for servers
   */
  static Plan of(
      List<Case> cases, List<@Nullable Language> clients, List<@Nullable Language> servers) {
    Map<String, List<Task>> lanes = new LinkedHashMap<>();
    for (@Nullable Language client : clients) {
      for (@Nullable Language server : servers) {
        for (Case played : cases) {
          if (played.getKind() == kind(client, server)) {
            Task task = new Task(played, client, server);
            lanes.computeIfAbsent(lane(task), name -> new ArrayList<>()).add(task);
          }
        }
      }
    }
    return new Plan(lanes);
  }

  private static Kind kind(@Nullable Language client, @Nullable Language server) {
    if (client == null) {
      return server == null ? Kind.UNRECOGNIZED : Kind.SERVER;
    }
    return server == null ? Kind.CLIENT : Kind.PAIR;
  }

  /**
   * Quick cases share a lane for each client, and one for the runner's own; one that waits by its
   * nature must not hold up the others.
   */
  private static String lane(Task task) {
    if (task.played().getSlow()) {
      return "slow-" + task.pair();
    }
    Language client = task.client();
    return task.played().getKind() == Kind.PAIR && client != null
        ? "pairs-" + client.name()
        : "raw";
  }
}
