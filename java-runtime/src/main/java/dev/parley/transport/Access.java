package dev.parley.transport;

import java.util.Objects;

/**
 * Who may reach a server's socket, beside its own user and root (N-9). Immutable.
 *
 * <p>It says who can connect, no more: whom a server takes is said by its admission.
 */
public final class Access {
  /** Nobody else. */
  public static final Access OWNER = new Access("rw-------", "");

  /** Everybody on this machine. */
  public static final Access ALL = new Access("rw-rw-rw-", "");

  private final String permissions;
  private final String group;

  private Access(String permissions, String group) {
    this.permissions = permissions;
    this.group = group;
  }

  /** The members of that group of the system, to which this process' user must belong. */
  public static Access group(String name) {
    if (Objects.requireNonNull(name, "name").isEmpty()) {
      throw new IllegalArgumentException("N-9: a group without a name");
    }
    return new Access("rw-rw----", name);
  }

  /** Whether other users are meant. */
  boolean isWide() {
    return this != OWNER;
  }

  /** The mode of the socket, as {@code ls} writes it. */
  String permissions() {
    return permissions;
  }

  /** The group of the socket; empty: whichever it gets. */
  String group() {
    return group;
  }

  @Override
  public String toString() {
    return this == OWNER ? "owner" : group.isEmpty() ? "all" : "group " + group;
  }
}
