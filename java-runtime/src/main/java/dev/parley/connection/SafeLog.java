package dev.parley.connection;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The log of threads that must go on whatever happens. A logger may open files or load classes, and
 * throws where the process is out of descriptors, which is when it is called.
 */
final class SafeLog {
  private final Logger log;

  SafeLog(String name) {
    log = System.getLogger(name);
  }

  /** Logs, or does not. */
  void log(Level level, String message, Throwable cause) {
    try {
      log.log(level, message, cause);
    } catch (RuntimeException | Error e) {
      // There is nobody left to tell.
    }
  }
}
