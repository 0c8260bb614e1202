package dev.parley.transport;

import java.nio.file.Path;
import java.util.Objects;

/** The place of a socket, resolved: what a transport connects to or listens at. Immutable. */
public sealed interface Endpoint {
  /** The endpoint as error messages name it. */
  @Override
  String toString();

  /**
   * The listening socket of that name that systemd has handed to this process.
   *
   * @param name empty: the only one there is
   * @throws TransportException NOT_UP if there is none, INVALID_ADDRESS if it is not clear which
   */
  static Inherited activated(String name) throws TransportException {
    return Activation.find(name);
  }

  /**
   * A socket in the file system, made and checked by {@link SocketNames}.
   *
   * @param path absolute, at most {@value SocketNames#MAX_PATH_BYTES} bytes
   * @param name the name that was resolved to the path; empty where the path itself was given
   */
  record UnixPath(Path path, String name) implements Endpoint {
    public UnixPath {
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException("not absolute: " + path);
      }
      Objects.requireNonNull(name, "name");
    }

    /** Whether the path was found by a name, so that its root and space are Parley's own. */
    public boolean isNamed() {
      return !name.isEmpty();
    }

    @Override
    public String toString() {
      return isNamed() ? name + " (" + path + ")" : path.toString();
    }
  }

  /**
   * A socket in Linux' abstract namespace, which has no file and no owner: any user may take a free
   * name, so that only the peer's credentials say who listens.
   *
   * @param name without the leading {@code @}
   */
  record AbstractName(String name) implements Endpoint {
    public AbstractName {
      Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
      return "@" + name;
    }
  }

  /**
   * A listening socket that whoever started this process has given it (N-8).
   *
   * @param descriptor its number
   */
  record Inherited(int descriptor) implements Endpoint {
    public Inherited {
      if (descriptor < 0 || descriptor == 1 || descriptor == 2) {
        throw new IllegalArgumentException("N-8: descriptor " + descriptor + " is no socket");
      }
    }

    @Override
    public String toString() {
      return "descriptor " + descriptor;
    }
  }

  /**
   * No socket at all: the other end is in this process; see {@link MemoryLink}.
   *
   * @param name what it is called in messages
   */
  record InProcess(String name) implements Endpoint {
    public InProcess {
      Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
      return name + " (in this process)";
    }
  }

  /**
   * One end of a socket pair, which has no name: a parent's to its child, or a child's to its
   * parent (N-10).
   *
   * @param name what the other end is called in messages
   */
  record Paired(String name) implements Endpoint {
    public Paired {
      Objects.requireNonNull(name, "name");
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
