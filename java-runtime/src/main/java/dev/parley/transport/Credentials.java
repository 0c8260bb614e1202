package dev.parley.transport;

import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Who a peer is, by the kernel's word at the moment it connected or began to listen. Immutable.
 *
 * <p>The user is always known, by number or at least by name. The pid is known only where it was
 * asked for, and may since have become another process: it serves logs, not decisions.
 */
public final class Credentials {
  private final OptionalLong uid;
  private final OptionalLong gid;
  private final OptionalInt pid;
  private final String user;

  /**
   * @param user the system's name for the user; empty if unknown
   */
  public Credentials(OptionalLong uid, OptionalLong gid, OptionalInt pid, String user) {
    this.uid = Objects.requireNonNull(uid, "uid");
    this.gid = Objects.requireNonNull(gid, "gid");
    this.pid = Objects.requireNonNull(pid, "pid");
    this.user = Objects.requireNonNull(user, "user");
  }

  /** This process' own, as an in-process peer has them. */
  public static Credentials ofThisProcess() {
    return new Credentials(
        OptionalLong.of(ProcessUser.EUID),
        OptionalLong.empty(),
        OptionalInt.of((int) ProcessHandle.current().pid()),
        ProcessUser.NAME);
  }

  static Credentials ofNames(String user, String group) {
    return new Credentials(
        ProcessUser.uidOf(user), ProcessUser.gidOf(group), OptionalInt.empty(), user);
  }

  /** The user id; empty where the kernel told a name that the account files do not have. */
  public OptionalLong uid() {
    return uid;
  }

  /** The primary group's number; empty where only a name is known that has none. */
  public OptionalLong gid() {
    return gid;
  }

  /** The process's number; empty where the kernel was not asked. A number may be used again. */
  public OptionalInt pid() {
    return pid;
  }

  /** The system's name for the user, the number where it has none; empty if unknown. */
  public String user() {
    return user;
  }

  /** Whether the peer acts as the same user as this process. */
  public boolean isSameUser() {
    return uid.isPresent() ? uid.getAsLong() == ProcessUser.EUID : user.equals(ProcessUser.NAME);
  }

  /** Whether the peer acts as root. */
  public boolean isRoot() {
    return uid.isPresent() ? uid.getAsLong() == 0 : user.equals("root");
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("uid ");
    text.append(uid.isPresent() ? Long.toString(uid.getAsLong()) : "unknown");
    if (!user.isEmpty()) {
      text.append(" (").append(user).append(')');
    }
    pid.ifPresent(number -> text.append(", pid ").append(number));
    return text.toString();
  }
}
