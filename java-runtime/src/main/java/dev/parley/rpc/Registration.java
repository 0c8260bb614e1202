package dev.parley.rpc;

/** Something that was registered, until it is closed. Idempotent, and safe for use by threads. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
  @Override
  void close();
}
