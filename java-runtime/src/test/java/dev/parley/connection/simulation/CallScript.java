package dev.parley.connection.simulation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What is to happen in one call, at both its ends; decided when it starts. Times are nanoseconds,
 * sizes bytes.
 *
 * @param nonce tells the call from all others of the world
 * @param requests the caller's messages: one, unless it streams
 * @param replies the callee's messages: one, unless it streams
 * @param timeout how long its caller waits; 0 for ever
 * @param cancelAfter when its caller takes it back; negative: never
 * @param handlerWaits how long the request waits for its handler
 * @param handlerRuns how long the handler runs at least
 * @param earliest after how many of the caller's messages the handler returns all the same
 * @param callsBack whether the handler calls its caller before it answers
 * @param reads whether streams are read at all
 * @param longestPause how long a reader or a writer of a stream takes for a message at most
 */
record CallScript(
    long nonce,
    boolean callerStreams,
    boolean calleeStreams,
    List<Integer> requests,
    List<Integer> replies,
    long timeout,
    long cancelAfter,
    Answer answer,
    int code,
    long handlerWaits,
    long handlerRuns,
    int earliest,
    boolean callsBack,
    boolean reads,
    long longestPause) {

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
    boolean callerStreams = world.chance(35);
    boolean calleeStreams = world.chance(35);
    long timeout = world.chance(20) ? 1 + world.skewed(1_000_000_000) : 0;
    long cancelAfter = world.chance(20) ? world.skewed(10_000_000) : -1;
    boolean reads = world.chance(90);
    if ((answer == Answer.UNTIL_STOPPED || !reads) && timeout == 0 && cancelAfter < 0) {
      cancelAfter = world.skewed(1_000_000_000);
    }
    List<Integer> requests = sizes(world, callerStreams, largest);
    return new CallScript(
        nonce,
        callerStreams,
        calleeStreams,
        requests,
        sizes(world, calleeStreams, largest),
        timeout,
        cancelAfter,
        answer,
        world.between(1, 16),
        world.chance(50) ? 0 : world.skewed(10_000_000),
        world.chance(30) ? 0 : world.skewed(100_000_000),
        world.chance(80) ? Integer.MAX_VALUE : world.between(0, requests.size()),
        world.chance(10),
        reads,
        world.pick(0, 1_000, 1_000_000));
  }

  private static List<Integer> sizes(World world, boolean stream, int largest) {
    return IntStream.range(0, stream ? (int) world.skewed(30) : 1)
        .mapToObj(number -> (int) world.skewed(largest))
        .toList();
  }

  /** A small call that is answered at once. */
  static CallScript plain(long nonce) {
    List<Integer> one = List.of(10);
    return new CallScript(
        nonce, false, false, one, one, 0, -1, Answer.REPLY, 1, 0, 0, 1, false, true, 0);
  }

  String method() {
    return "simulation.Service/" + nonce;
  }

  /** How long an application takes for the next message. */
  long pace(World world) {
    return world.skewed(longestPause);
  }

  /** Whether a message of the callee's may be more than its caller takes. */
  boolean repliesMayBeTooLarge() {
    return replies.stream().anyMatch(size -> size > 900);
  }

  @Override
  public String toString() {
    return String.format(
        "%s%s -> %s%s, timeout %d, cancel after %d, %s or %d, waits %d, runs %d, earliest %d%s%s",
        callerStreams ? "stream " : "",
        requests,
        calleeStreams ? "stream " : "",
        replies,
        timeout,
        cancelAfter,
        answer,
        code,
        handlerWaits,
        handlerRuns,
        earliest,
        callsBack ? ", calls back" : "",
        reads ? "" : ", never reads");
  }
}
