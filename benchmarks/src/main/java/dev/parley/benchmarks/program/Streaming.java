package dev.parley.benchmarks.program;

/** {@code stream}: reads what the server sends as fast as it can. */
final class Streaming implements Command {
  @Override
  public String word() {
    return "stream";
  }

  @Override
  public int arguments() {
    return 1;
  }

  @Override
  public Figures run(EchoClient client, int[] arguments) throws Exception {
    long start = System.nanoTime();
    TimeUp timeUp = TimeUp.after(arguments[0]);
    long messages = client.stream(() -> !timeUp.getAsBoolean());
    return Figures.rate(messages, (System.nanoTime() - start) / 1e9);
  }
}
