package dev.parley.codegen.model;

/**
 * A place in a {@code .proto} file.
 *
 * @param line counts from one; zero where protoc did not tell
 */
public record Position(String file, int line) {
  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
