package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets that systemd, or who does as it does, hands to the process that it starts:
 * {@code LISTEN_FDS} of them, from descriptor 3 on, for the process {@code LISTEN_PID}, with the
 * names {@code LISTEN_FDNAMES} (sd_listen_fds(3)); or one as standard input, as inetd does for
 * {@code wait} services.
 */
final class Activation {
  private static final int FIRST = 3;

  private Activation() {}

  /**
   * The one socket of that name.
   *
   * @param name empty: the only one there is
   * @throws TransportException NOT_UP if there is none, INVALID_ADDRESS if it is not clear which
   */
  static Endpoint.Inherited find(String name) throws TransportException {
    return find(name, System::getenv, ProcessHandle.current().pid());
  }

  static Endpoint.Inherited find(
      String name, Function<String, @Nullable String> environment, long pid)
      throws TransportException {
    String count = environment.apply("LISTEN_FDS");
    if (count == null) {
      if (name.isEmpty()) {
        return new Endpoint.Inherited(0);
      }
      throw none(name, "LISTEN_FDS is not set");
    }
    String owner = environment.apply("LISTEN_PID");
    if (!Long.toString(pid).equals(owner)) {
      throw none(name, "LISTEN_PID is " + owner + ", and this is process " + pid);
    }
    int sockets;
    try {
      sockets = Integer.parseInt(count);
    } catch (NumberFormatException e) {
      throw new TransportException(
          Reason.INVALID_ADDRESS, "N-8: LISTEN_FDS is \"" + count + "\", no number", e);
    }
    String listed = environment.apply("LISTEN_FDNAMES");
    List<String> names = listed == null ? List.of() : Arrays.asList(listed.split(":", -1));
    if (name.isEmpty() ? sockets == 1 : names.indexOf(name) == names.lastIndexOf(name)) {
      int index = name.isEmpty() ? 0 : names.indexOf(name);
      if (index >= 0 && index < sockets) {
        return new Endpoint.Inherited(FIRST + index);
      }
    }
    throw new TransportException(
        Reason.INVALID_ADDRESS,
        "N-8: one socket "
            + (name.isEmpty() ? "" : "named " + name + " ")
            + "is wanted; there are "
            + sockets
            + ", named "
            + names);
  }

  private static TransportException none(String name, String why) {
    return new TransportException(
        Reason.NOT_UP, "N-8: no socket " + name + " was handed to this process: " + why);
  }
}
