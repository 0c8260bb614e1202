package dev.parley.transport;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The user that this process acts as, and what the account files say of others. */
final class ProcessUser {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path PASSWD = Path.of("/etc/passwd");
  private static final Path GROUP = Path.of("/etc/group");

  /** The effective user id. */
  static final long EUID = ownUid();

  /** The name the system has for {@link #EUID}; the number itself where it has none. */
  static final String NAME = ownName();

  private ProcessUser() {}

  /** The user id of a name, or of a number where the system knows no name for it. */
  static OptionalLong uidOf(String user) {
    return user.equals(NAME) ? OptionalLong.of(EUID) : idOf(user, PASSWD);
  }

  /** The group id of a name, or of a number where the system knows no name for it. */
  static OptionalLong gidOf(String group) {
    return idOf(group, GROUP);
  }

  /** Both account files are lines of {@code name:password:id:...}. */
  static OptionalLong idOf(String name, Path accounts) {
    try {
      // Only ASCII matters here, and any byte is legal in the comments.
      for (String line : Files.readAllLines(accounts, StandardCharsets.ISO_8859_1)) {
        List<String> fields = List.of(line.split(":", -1));
        if (fields.size() > 2 && fields.get(0).equals(name)) {
          return number(fields.get(2));
        }
      }
    } catch (IOException e) {
      // A machine without the file knows numbers only.
    }
    return number(name);
  }

  private static OptionalLong number(String text) {
    if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text));
  }

  private static long ownUid() {
    try {
      for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("Uid:")) {
          return Long.parseLong(line.split("\\s+", -1)[2]); // real, effective, saved, file system
        }
      }
    } catch (IOException e) {
      // No /proc: a file of our own tells as well.
    }
    try {
      Path probe = Files.createTempFile("parley", null);
      try {
        return FileIdentity.of(probe).uid();
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the user id of this process cannot be found out", e);
    }
  }

  private static String ownName() {
    try {
      // The principal of a file we own bears the system's name for the user.
      Path self = Path.of("/proc/self");
      if (FileIdentity.following(self).uid() == EUID) {
        return Files.getOwner(self).getName();
      }
    } catch (IOException e) {
      // Fall through: a process that may not be looked at shows root as its owner.
    }
    return System.getProperty("user.name", Long.toString(EUID));
  }
}
