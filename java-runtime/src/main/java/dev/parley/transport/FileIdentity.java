package dev.parley.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel says of a file at one moment. Two of them are one file if device and inode agree.
 *
 * @param mode type and permissions, as in {@code st_mode}
 */
record FileIdentity(long device, long inode, int mode, long uid) {
  private static final int TYPE = 0170000;

  /** The file itself: a symbolic link is not followed. */
  static FileIdentity of(Path path) throws IOException {
    return read(path, LinkOption.NOFOLLOW_LINKS);
  }

  static FileIdentity following(Path path) throws IOException {
    return read(path);
  }

  static @Nullable FileIdentity ifPresent(Path path) throws IOException {
    try {
      return of(path);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static FileIdentity read(Path path, LinkOption... options) throws IOException {
    Map<String, Object> found = Files.readAttributes(path, "unix:dev,ino,mode,uid", options);
    return new FileIdentity(
        number(found, "dev"),
        number(found, "ino"),
        (int) number(found, "mode"),
        Integer.toUnsignedLong((int) number(found, "uid")));
  }

  private static long number(Map<String, Object> found, String key) throws IOException {
    if (found.get(key) instanceof Number number) {
      return number.longValue();
    }
    throw new IOException("the file system does not tell " + key);
  }

  boolean isSameFile(@Nullable FileIdentity other) {
    return other != null && device == other.device && inode == other.inode;
  }

  boolean isSocket() {
    return (mode & TYPE) == 0140000;
  }

  boolean isDirectory() {
    return (mode & TYPE) == 0040000;
  }

  boolean isRegular() {
    return (mode & TYPE) == 0100000;
  }

  int permissions() {
    return mode & 0777;
  }

  /** The kind of file, as messages name it. */
  String kind() {
    return switch (mode & TYPE) {
      case 0140000 -> "a socket";
      case 0120000 -> "a symbolic link";
      case 0100000 -> "a regular file";
      case 0040000 -> "a directory";
      case 0010000 -> "a fifo";
      default -> "a device";
    };
  }
}
