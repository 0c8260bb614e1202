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

  /** A listening socket that this process was given; null: none. */
  private final @Nullable Given given;

  /**
   * @param descriptor its number; negative: the one of that name that systemd has handed over
   */
  private record Given(int descriptor, String name) {}

  private Address(
      String space,
      String name,
      @Nullable Path path,
      @Nullable String abstractName,
      @Nullable Given given) {
    this.space = space;
    this.name = name;
    this.path = path;
    this.abstractName = abstractName;
    this.given = given;
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
    return new Address(space, name, null, null, null);
  }

  /** A socket's own path, of at most 100 bytes, in a directory that is this user's alone (0700). */
  public static Address path(Path path) {
    return new Address("", "", Objects.requireNonNull(path, "path"), null, null);
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
    return new Address("", "", null, name, null);
  }

  /**
   * A listening socket that whoever started this process has given it, for a server: it takes no
   * lock and removes nothing, and other processes may accept on the same socket (N-8, N-12).
   *
   * @param descriptor its number: 0, or 3 and up, which is carried by junixsocket
   */
  public static Address inherited(int descriptor) {
    return new Address(
        "", "", null, null, new Given(new Endpoint.Inherited(descriptor).descriptor(), ""));
  }

  /**
   * The one listening socket that systemd has handed to this process ({@code LISTEN_FDS}), or that
   * is its standard input, for a server.
   */
  public static Address activated() {
    return new Address("", "", null, null, new Given(-1, ""));
  }

  /** The one of that name ({@code FileDescriptorName=}, {@code LISTEN_FDNAMES}). */
  public static Address activated(String name) {
    return new Address("", "", null, null, new Given(-1, Objects.requireNonNull(name, "name")));
  }

  /** The name; empty for a path and an abstract name. */
  public String name() {
    return name;
  }

  /** Whether it is a path, or a name that leads to one. */
  boolean hasPath() {
    return abstractName == null && given == null;
  }

  Endpoint resolve() throws TransportException {
    if (given != null) {
      return given.descriptor < 0
          ? Endpoint.activated(given.name)
          : new Endpoint.Inherited(given.descriptor);
    }
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
        && Objects.equals(abstractName, that.abstractName)
        && Objects.equals(given, that.given);
  }

  @Override
  public int hashCode() {
    return Objects.hash(space, name, path, abstractName, given);
  }

  @Override
  public String toString() {
    if (given != null) {
      return given.descriptor < 0
          ? "the activated socket " + given.name
          : "descriptor " + given.descriptor;
    }
    if (abstractName != null) {
      return "@" + abstractName;
    }
    return path == null ? space + "/" + name : path.toString();
  }
}
