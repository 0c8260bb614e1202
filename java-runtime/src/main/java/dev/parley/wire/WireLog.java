package dev.parley.wire;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The log of frames: one line each, {@code <<} for in and {@code >>} for out, in fixed columns:
 * peer, type, id, bytes of the frame, the rest. Thread-safe.
 *
 * <pre>
 * &lt;&lt; app/greeter              REQUEST           5      44 name=demo.v1.Greeter/Hello payload=7
 * &gt;&gt; app/greeter              RESPONSE          5      25 success=true payload=15
 * </pre>
 *
 * <p>Off unless the {@link System.Logger} named {@code dev.parley.wire} has level TRACE. It never
 * shows a payload or metadata, which may hold secrets, and escapes what a peer could smuggle into
 * names.
 */
public final class WireLog {
  private static final Logger LOGGER = System.getLogger("dev.parley.wire");

  private WireLog() {}

  /** Whether lines are wanted; to be asked before {@link #in} and {@link #out}. */
  public static boolean on() {
    return LOGGER.isLoggable(Level.TRACE);
  }

  /** Logs a frame that came. */
  public static void in(String peer, Envelope envelope, int frameBytes) {
    LOGGER.log(Level.TRACE, line("<<", peer, envelope, frameBytes));
  }

  /** Logs a frame that goes. */
  public static void out(String peer, Envelope envelope, int frameBytes) {
    LOGGER.log(Level.TRACE, line(">>", peer, envelope, frameBytes));
  }

  static String line(String direction, String peer, Envelope envelope, int frameBytes) {
    FrameType type = envelope.type();
    StringBuilder line = new StringBuilder(128).append(direction);
    column(line, 24, false, Envelope.printable(peer, new StringBuilder()));
    column(
        line,
        8,
        false,
        type != null ? type.name() : Integer.toUnsignedString(envelope.typeNumber()));
    column(line, 10, true, Long.toUnsignedString(envelope.id()));
    column(line, 7, true, Integer.toString(frameBytes));
    return envelope.details(line).toString();
  }

  /** Adds a blank and the text in {@code width} places, more if it is longer. */
  private static void column(StringBuilder line, int width, boolean right, CharSequence text) {
    line.append(' ');
    if (!right) {
      line.append(text);
    }
    line.append(" ".repeat(Math.max(0, width - text.length())));
    if (right) {
      line.append(text);
    }
  }
}
