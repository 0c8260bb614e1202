package dev.parley.codegen;

/** An option of the plugin that is wrong, or a schema that nothing can be made of. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
