package dev.parley.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Which thread is a loop's: a number that is even while its thread runs the loop's own code, and
 * odd, another one each time, while it runs a user's.
 *
 * <p>Only out of the user's code can the seat be taken. Whoever changes the odd number first has
 * decided: its thread, which goes on as the loop, or one that makes another thread the loop. All
 * that the loop's thread wrote before it entered is seen by the thread that takes the seat.
 */
final class Seat {
  private final AtomicLong turn = new AtomicLong();

  /** The loop's thread enters the user's code; the number with which to leave it or be taken. */
  long enter() {
    long odd = turn.getPlain() + 1;
    turn.set(odd);
    return odd;
  }

  /**
   * Ends that stay in the user's code: for its thread, which returns, or for another one.
   *
   * @return whether nobody else has done so before
   */
  boolean end(long odd) {
    return turn.compareAndSet(odd, odd + 1);
  }

  /** The number now. */
  long turn() {
    return turn.get();
  }

  static boolean isUserCode(long turn) {
    return (turn & 1) == 1;
  }
}
