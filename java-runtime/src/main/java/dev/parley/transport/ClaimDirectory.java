package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The check of the directory that a socket is served in.
 *
 * <p>It must be a directory, no symbolic link, of this user, with mode 0700, so that nobody else
 * gets in (N-1). For a name that holds for root and space, which are made if missing, their parent
 * is not; for a path that the user chose, the directory must be there.
 */
final class ClaimDirectory {
  private ClaimDirectory() {}

  static void check(Endpoint.UnixPath endpoint, Access access) throws IOException {
    Path directory = parent(endpoint.path());
    if (access.isWide()) {
      requireShared(directory, endpoint, access);
      return;
    }
    if (endpoint.isNamed()) {
      requirePrivate(parent(directory), "root", endpoint);
      requirePrivate(directory, "space", endpoint);
    } else {
      requireGiven(directory, endpoint);
    }
  }

  /**
   * The same for a client: what there is of the directories of a name must be as it should. What a
   * user chose, and what is missing, is left to the connect.
   */
  static void checkPresent(Endpoint.UnixPath endpoint) throws IOException {
    if (!endpoint.isNamed()) {
      return;
    }
    Path space = parent(endpoint.path());
    Path root = parent(space);
    FileIdentity foundRoot = FileIdentity.ifPresent(root);
    if (foundRoot != null) {
      requireOwn(foundRoot, root, "root", endpoint);
      FileIdentity foundSpace = FileIdentity.ifPresent(space);
      if (foundSpace != null) {
        requireOwn(foundSpace, space, "space", endpoint);
      }
    }
  }

  private static void requirePrivate(Path directory, String role, Endpoint endpoint)
      throws IOException {
    FileIdentity found = FileIdentity.ifPresent(directory);
    if (found == null) {
      try {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        // Another server was faster; what it made is checked below.
      } catch (NoSuchFileException e) {
        throw refused(directory, role, endpoint, "cannot be made: its parent is missing", e);
      }
      found = FileIdentity.of(directory);
    }
    requireOwn(found, directory, role, endpoint);
  }

  private static void requireOwn(FileIdentity found, Path directory, String role, Endpoint endpoint)
      throws TransportException {
    requireDirectory(found, directory, role, endpoint);
    if (found.uid() != ProcessUser.EUID) {
      throw refused(
          directory,
          role,
          endpoint,
          "belongs to uid " + found.uid() + ", not to " + ProcessUser.EUID,
          null);
    }
    if (found.permissions() != 0700) {
      throw refused(
          directory, role, endpoint, "has mode " + octal(found) + " where 0700 is required", null);
    }
  }

  private static void requireGiven(Path directory, Endpoint endpoint) throws IOException {
    FileIdentity found = FileIdentity.ifPresent(directory);
    if (found == null) {
      throw refused(directory, "directory", endpoint, "is missing", null);
    }
    requireOwn(found, directory, "directory", endpoint);
  }

  /** A directory that others may enter, and none but its owner and root change (N-9). */
  private static void requireShared(Path directory, Endpoint.UnixPath endpoint, Access access)
      throws IOException {
    if (endpoint.isNamed()) {
      throw new TransportException(
          Reason.NOT_PERMITTED,
          "N-9: a socket for "
              + access
              + " needs a path in a directory that others may enter; the directories of "
              + endpoint
              + " are this user's alone");
    }
    FileIdentity found = FileIdentity.ifPresent(directory);
    if (found == null) {
      throw refused(directory, "directory", endpoint, "is missing", null);
    }
    requireDirectory(found, directory, "directory", endpoint);
    if (found.uid() != ProcessUser.EUID && found.uid() != 0) {
      throw refused(
          directory, "directory", endpoint, "belongs to uid " + found.uid() + " (N-9)", null);
    }
    if ((found.permissions() & 0022) != 0) {
      throw refused(
          directory,
          "directory",
          endpoint,
          "has mode " + octal(found) + ", so that others may change what is in it (N-9)",
          null);
    }
  }

  private static void requireDirectory(
      FileIdentity found, Path directory, String role, Endpoint endpoint)
      throws TransportException {
    if (!found.isDirectory()) {
      throw refused(directory, role, endpoint, "is " + found.kind() + ", not a directory", null);
    }
  }

  private static TransportException refused(
      Path directory, String role, Endpoint endpoint, String why, @Nullable IOException cause) {
    return new TransportException(
        Reason.NOT_PERMITTED,
        "N-1: the " + role + " " + directory + " of " + endpoint + " " + why,
        cause);
  }

  private static String octal(FileIdentity found) {
    return String.format("%04o", found.permissions());
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }
}
