package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Puts a socket at its path so that it is never open wider than it was asked for, and its mode
 * never changes once it can be reached (N-9): it is bound in a directory that nobody else can
 * enter, made as it is to be, and then moved.
 */
final class Placement {
  /** What the kernel takes, less the zero at the end. */
  private static final int MAX_BOUND_BYTES = 107;

  private Placement() {}

  /** Binds a socket at a path. */
  @FunctionalInterface
  interface Binder {
    void bind(Path path) throws IOException;
  }

  static void bind(Endpoint.UnixPath endpoint, Access access, Binder binder) throws IOException {
    if (!access.isWide()) {
      binder.bind(endpoint.path());
      return;
    }
    Path directory = makeDirectory(endpoint);
    Path socket = directory.resolve("s");
    try {
      int bytes = socket.toString().length();
      if (bytes > MAX_BOUND_BYTES) {
        throw new TransportException(
            Reason.INVALID_ADDRESS,
            "N-9: " + endpoint + " is too long: its socket is first bound at " + socket);
      }
      binder.bind(socket);
      if (!access.group().isEmpty()) {
        setGroup(socket, access.group());
      }
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(access.permissions()));
      Files.move(socket, endpoint.path(), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
    }
  }

  private static Path makeDirectory(Endpoint.UnixPath endpoint) throws IOException {
    while (true) {
      int number = ThreadLocalRandom.current().nextInt();
      Path directory = endpoint.path().resolveSibling(String.format(".%08x", number));
      try {
        return Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        // Somebody else's: the next number is another.
      }
    }
  }

  private static void setGroup(Path socket, String group) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(socket, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    try {
      view.setGroup(
          socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
    } catch (UserPrincipalNotFoundException e) {
      throw new TransportException(
          Reason.INVALID_ADDRESS, "N-9: this system has no group " + group, e);
    } catch (IOException e) {
      throw new TransportException(
          Reason.NOT_PERMITTED,
          "N-9: a socket cannot be given to group " + group + ": " + e.getMessage(),
          e);
    }
  }
}
