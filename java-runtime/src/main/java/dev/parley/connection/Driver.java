package dev.parley.connection;

/**
 * What a connection needs from whoever drives it: a loop, or a test.
 *
 * <p>The driver calls {@link Connection#readable} and {@link Connection#writable}; only one thread
 * at a time may call the first.
 */
public interface Driver {
  /** Whether to call {@link Connection#writable} when the link takes bytes again. Any thread. */
  void wantsToWrite(boolean wants);

  /** The connection has closed its link and needs its driver no more. Any thread, once. */
  void done();

  /** This driver, and {@code afterwards} run when it is done. */
  default Driver andThen(Runnable afterwards) {
    return new Driver() {
      @Override
      public void wantsToWrite(boolean wants) {
        Driver.this.wantsToWrite(wants);
      }

      @Override
      public void done() {
        Driver.this.done();
        afterwards.run();
      }
    };
  }
}
