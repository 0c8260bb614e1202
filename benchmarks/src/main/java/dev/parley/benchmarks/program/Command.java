package dev.parley.benchmarks.program;

/** Something that a client program can be told to do. PROGRAMS.md describes each. */
interface Command {
  /** The word that its line begins with. */
  String word();

  /** How many whole numbers follow the word. */
  int arguments();

  /**
   * Does it.
   *
   * @throws UnsupportedOperationException if this client cannot
   */
  Figures run(EchoClient client, int[] arguments) throws Exception;
}
