package dev.parley.connection;

import java.lang.System.Logger.Level;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread that can be a loop's. It knows for which loop it runs a user's code, if it does. */
final class LoopThread extends Thread {
  private static final SafeLog LOG = new SafeLog("dev.parley.connection");

  // By this thread alone.
  private @Nullable Loop loop;

  /** The number of the stay in the user's code; 0: none, or another thread is the loop now. */
  private long turn;

  LoopThread(Runnable body, String name) {
    super(body, name);
    setDaemon(true);
  }

  /**
   * This thread, if it is a loop's and runs a user's code; else null. The loop may have been taken
   * from it meanwhile.
   */
  static @Nullable LoopThread inUserCode() {
    return Thread.currentThread() instanceof LoopThread thread && thread.turn != 0 ? thread : null;
  }

  /**
   * If this thread is a loop's and runs a user's code, makes another thread the loop: to be called
   * before a wait for anything that the loop may have to bring.
   */
  static void handOver() {
    LoopThread thread = inUserCode();
    if (thread != null) {
      thread.giveAway();
    }
  }

  /**
   * Runs a user's code as the thread of {@code loop}.
   *
   * @return whether this thread is still the loop's; if not it must not touch anything of it
   */
  boolean run(Loop loop, UserCode task) {
    this.loop = loop;
    // A flag that an earlier task has left, or its cancellation, is not this one's.
    Thread.interrupted();
    turn = loop.enterUserCode(task);
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "user code threw on the thread that reads", e);
    }
    return leave();
  }

  /** Back from the user's code, if the loop is still this thread's. */
  private boolean leave() {
    Loop mine = loop;
    long odd = turn;
    turn = 0;
    return odd != 0 && mine != null && mine.leaveUserCode(odd);
  }

  /** Makes another thread the loop. */
  void giveAway() {
    Loop mine = loop;
    long odd = turn;
    turn = 0;
    if (odd != 0 && mine != null) {
      mine.promote(odd);
    }
  }

  /**
   * Runs loop code in the middle of a user's, which then goes on.
   *
   * @param nested true: done, false: to be gone on with by whoever waits for it
   * @return what {@code nested} said; false without asking it if the loop is not this thread's, or
   *     does not serve {@code driver}
   */
  boolean nest(LoopDriver driver, BooleanSupplier nested) {
    Loop mine = loop;
    if (mine == null || !leave()) {
      return false;
    }
    boolean done = false;
    try {
      done = mine.serves(driver) && nested.getAsBoolean();
    } finally {
      turn = mine.enterUserCode(null);
    }
    return done;
  }
}
