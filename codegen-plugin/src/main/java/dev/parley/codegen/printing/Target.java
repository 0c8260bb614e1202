package dev.parley.codegen.printing;

import dev.parley.codegen.model.Schema;
import java.util.List;

/** A language to generate for. Stateless. */
public interface Target {
  /** The value of the option {@code target} that selects it. */
  String name();

  /**
   * The files of {@code schema} in this language, in the schema's order; none for a file without a
   * service. What the language cannot express goes into {@code problems}, and nothing is written.
   */
  List<OutputFile> generate(Schema schema, Problems problems);
}
