package dev.parley.benchmarks.guard;

import java.util.Map;

/**
 * Figures of one kind, by the names of their benchmarks.
 *
 * @param environment what they depend on besides the code: figures of different ones are not
 *     compared
 */
public record Figures(Kind kind, String environment, Map<String, Double> values) {
  public Figures {
    values = Map.copyOf(values);
  }
}
