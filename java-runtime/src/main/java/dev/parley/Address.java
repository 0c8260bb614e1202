package dev.parley;

import dev.parley.transport.Endpoint;
import dev.parley.transport.SocketNames;
import dev.parley.transport.TransportException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens and a client finds it. Immutable.
 *
 * <p>A named address is resolved when it is used: {@code <root>/<space>/<name>.sock}, where the
 * root is {@code $PARLEY_ROOT}, else {@code $XDG_RUNTIME_DIR/parley} (or {@code
 * /run/user/<uid>/parley}), else {@code /tmp/parley-<uid>}, and the space is {@code app} unless
 * set. Every language resolves names alike (rules N-1 to N-3).
 */
public final class Address {
  private final String space;
  private final String name;
  private final @Nullable Path path;
  private final @Nullable String abstractName;

  private Address(String space, String name, @Nullable Path path, @Nullable String abstractName) {
    this.space = space;
    this.name = name;
    this.path = path;
    this.abstractName = abstractName;
  }

  /**
   * A name of letters, digits, {@code _}, {@code -} and inner dots, at most 64 long.
   *
   * @throws IllegalArgumentException if it is not (N-2)
   */
  public static Address of(String name) {
    return of(name, SocketNames.DEFAULT_SPACE);
  }

  /**
   * The name in another space: names in different spaces never meet.
   *
   * @throws IllegalArgumentException if either is no name (N-2)
   */
  public static Address of(String name, String space) {
    String fault = SocketNames.nameFault("name", name);
    if (fault == null) {
      fault = SocketNames.nameFault("space", space);
    }
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    return new Address(space, name, null, null);
  }

  /** A socket's own path, of at most 100 bytes, in a directory that is this user's alone (0700). */
  public static Address path(Path path) {
    return new Address("", "", Objects.requireNonNull(path, "path"), null);
  }

  /**
   * A name in Linux' abstract namespace, which no file rights guard: only the check of the peer's
   * user does. Only for who asks; carried by junixsocket.
   *
   * @throws IllegalArgumentException if it is no name (N-2)
   */
  public static Address abstractName(String name) {
    String fault = SocketNames.nameFault("name", name);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    return new Address("", "", null, name);
  }

  /** The name; empty for a path and an abstract name. */
  public String name() {
    return name;
  }

  boolean isAbstract() {
    return abstractName != null;
  }

  Endpoint resolve() throws TransportException {
    if (abstractName != null) {
      return SocketNames.abstractName(abstractName);
    }
    return path == null ? new SocketNames().resolve(space, name) : SocketNames.explicit(path);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Address that
        && space.equals(that.space)
        && name.equals(that.name)
        && Objects.equals(path, that.path)
        && Objects.equals(abstractName, that.abstractName);
  }

  @Override
  public int hashCode() {
    return Objects.hash(space, name, path, abstractName);
  }

  @Override
  public String toString() {
    if (abstractName != null) {
      return "@" + abstractName;
    }
    return path == null ? space + "/" + name : path.toString();
  }
}
