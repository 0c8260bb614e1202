package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a name becomes the path of a socket, the same in every language.
 *
 * <p>A name is served at {@code <root>/<space>/<name>.sock} (N-1). The root is {@code
 * $PARLEY_ROOT}; else {@code parley} in {@code $XDG_RUNTIME_DIR}, or else in {@code
 * /run/user/<euid>}, whichever is the first that the effective user owns; else {@code
 * /tmp/parley-<euid>}. A variable that is empty counts as unset. Nothing is created here, and but
 * for the owner of these directories nothing is asked of the file system.
 *
 * <p>Immutable. The environment is read anew at every call.
 */
public final class SocketNames {
  /** The longest path in bytes that every language and system takes. */
  public static final int MAX_PATH_BYTES = 100;

  /** The space of a name for which none is given. */
  public static final String DEFAULT_SPACE = "app";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");
  private static final String SUFFIX = ".sock";

  private final Function<String, @Nullable String> environment;
  private final Path filesystem;
  private final long euid;

  /** The names as this process sees them. */
  public SocketNames() {
    this(System::getenv, Path.of("/"), ProcessUser.EUID);
  }

  /** Names in another environment. */
  public SocketNames(Function<String, @Nullable String> environment) {
    this(environment, Path.of("/"), ProcessUser.EUID);
  }

  /**
   * @param filesystem where {@code run/user} and {@code tmp} are looked for
   */
  SocketNames(Function<String, @Nullable String> environment, Path filesystem, long euid) {
    this.environment = Objects.requireNonNull(environment, "environment");
    this.filesystem = filesystem;
    this.euid = euid;
  }

  /**
   * The socket of a name.
   *
   * @throws TransportException INVALID_ADDRESS for a name or space that is none (N-2), a root that
   *     is not absolute (N-1), or a path that comes out too long
   */
  public Endpoint.UnixPath resolve(String space, String name) throws TransportException {
    requireName("space", space);
    requireName("name", name);
    Path path = root().resolve(space).resolve(name + SUFFIX);
    requireShort(path);
    return new Endpoint.UnixPath(path, name);
  }

  /**
   * The socket at a path that the user chose. A relative path is taken from the working directory.
   *
   * @throws TransportException INVALID_ADDRESS for a path without a file's name or too long
   */
  public static Endpoint.UnixPath explicit(Path path) throws TransportException {
    Path absolute = path.toAbsolutePath();
    Path file = absolute.getFileName();
    if (file == null || file.toString().equals(".") || file.toString().equals("..")) {
      throw new TransportException(
          Reason.INVALID_ADDRESS, "N-1: \"" + shown(path.toString()) + "\" names no socket file");
    }
    requireShort(absolute);
    return new Endpoint.UnixPath(absolute, "");
  }

  /**
   * The socket in the abstract namespace.
   *
   * @throws TransportException INVALID_ADDRESS for a name that is none (N-2)
   */
  public static Endpoint.AbstractName abstractName(String name) throws TransportException {
    requireName("name", name);
    return new Endpoint.AbstractName(name);
  }

  /**
   * The root of all spaces.
   *
   * @throws TransportException INVALID_ADDRESS if PARLEY_ROOT is not absolute (N-1)
   */
  public Path root() throws TransportException {
    String chosen = variable("PARLEY_ROOT");
    if (chosen != null) {
      Path root = pathOf(chosen);
      if (root == null || !root.isAbsolute()) {
        throw new TransportException(
            Reason.INVALID_ADDRESS,
            "N-1: PARLEY_ROOT must be an absolute path, not \"" + shown(chosen) + "\"");
      }
      return root;
    }
    String session = variable("XDG_RUNTIME_DIR");
    if (session != null) {
      Path directory = pathOf(session);
      if (directory != null && directory.isAbsolute() && isOwnDirectory(directory)) {
        return directory.resolve("parley");
      }
    }
    Path directory = filesystem.resolve("run").resolve("user").resolve(Long.toString(euid));
    if (isOwnDirectory(directory)) {
      return directory.resolve("parley");
    }
    return filesystem.resolve("tmp").resolve("parley-" + euid);
  }

  /**
   * The lock file that belongs to a socket: its path less {@code .sock}, plus {@code .lock} (N-3).
   */
  static Path lockPath(Path socket) {
    return beside(socket, ".lock");
  }

  /** The file that is locked while a server is started because none answers (N-11). */
  static Path spinPath(Path socket) {
    return beside(socket, ".spin");
  }

  private static Path beside(Path socket, String suffix) {
    String file = String.valueOf(socket.getFileName());
    String stem = file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
    return socket.resolveSibling(stem + suffix);
  }

  private @Nullable String variable(String name) {
    String value = environment.apply(name);
    return value == null || value.isEmpty() ? null : value;
  }

  private boolean isOwnDirectory(Path path) {
    try {
      FileIdentity found = FileIdentity.following(path);
      return found.isDirectory() && found.uid() == euid;
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable Path pathOf(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Why {@code text} is no name (N-2), called {@code what} in the answer; null if it is one. */
  public static @Nullable String nameFault(String what, String text) {
    return NAME.matcher(text).matches()
        ? null
        : "N-2: "
            + what
            + " \""
            + shown(text)
            + "\" is not of the form [A-Za-z0-9_-][A-Za-z0-9._-]{0,63}";
  }

  private static void requireName(String what, String text) throws TransportException {
    String fault = nameFault(what, text);
    if (fault != null) {
      throw new TransportException(Reason.INVALID_ADDRESS, fault);
    }
  }

  private static void requireShort(Path path) throws TransportException {
    int bytes = path.toString().getBytes(nativeCharset()).length;
    if (bytes > MAX_PATH_BYTES) {
      throw new TransportException(
          Reason.INVALID_ADDRESS,
          "N-1: path of "
              + bytes
              + " bytes is over the limit of "
              + MAX_PATH_BYTES
              + ": "
              + shown(path.toString()));
    }
  }

  /** What the JDK encodes paths with. */
  private static Charset nativeCharset() {
    String name = System.getProperty("sun.jnu.encoding");
    try {
      return name == null ? Charset.defaultCharset() : Charset.forName(name);
    } catch (UnsupportedCharsetException e) {
      return Charset.defaultCharset();
    }
  }

  /** Hostile text made fit for one line of a log. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(128)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                shown.append(String.format("\\x%02x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return text.length() > 128 ? shown + "..." : shown.toString();
  }
}
