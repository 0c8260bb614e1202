package dev.parley.codegen.model;

/** What running a method twice does, as {@code idempotency_level} says. */
public enum Idempotency {
  UNKNOWN,
  NO_SIDE_EFFECTS,
  IDEMPOTENT
}
