package dev.parley.connection.simulation;

/**
 * What is to happen in one call, at both its ends; decided when it starts.
 *
 * @param nonce tells the call from all others of the world
 * @param timeout how long its caller waits, in nanoseconds; 0 for ever
 * @param cancelAfter when its caller takes it back, in nanoseconds from its start; negative never
 * @param handlerWaits how long the request waits for its handler, in nanoseconds
 * @param handlerRuns how long the handler runs, in nanoseconds
 * @param callsBack whether the handler calls its caller before it answers
 */
record CallScript(
    long nonce,
    int requestSize,
    long timeout,
    long cancelAfter,
    Answer answer,
    int replySize,
    int code,
    long handlerWaits,
    long handlerRuns,
    boolean callsBack) {

  /** What the callee does with the call. */
  enum Answer {
    REPLY,
    FAIL,
    /** Answers that the handler did not run. */
    REJECT,
    /** Runs until it is told to stop. */
    UNTIL_STOPPED
  }

  static CallScript draw(World world, long nonce, int largest) {
    Answer answer =
        switch (world.between(0, 9)) {
          case 0 -> Answer.FAIL;
          case 1 -> Answer.REJECT;
          case 2 -> Answer.UNTIL_STOPPED;
          default -> Answer.REPLY;
        };
    long timeout = world.chance(20) ? 1 + world.skewed(1_000_000_000) : 0;
    long cancelAfter = world.chance(20) ? world.skewed(10_000_000) : -1;
    if (answer == Answer.UNTIL_STOPPED && timeout == 0 && cancelAfter < 0) {
      cancelAfter = world.skewed(1_000_000_000);
    }
    return new CallScript(
        nonce,
        (int) world.skewed(largest),
        timeout,
        cancelAfter,
        answer,
        (int) world.skewed(largest),
        world.between(1, 16),
        world.chance(50) ? 0 : world.skewed(10_000_000),
        world.chance(30) ? 0 : world.skewed(100_000_000),
        world.chance(10));
  }

  /** A small call that is answered at once. */
  static CallScript plain(long nonce) {
    return new CallScript(nonce, 10, 0, -1, Answer.REPLY, 10, 1, 0, 0, false);
  }

  String method() {
    return "simulation.Service/" + nonce;
  }
}
