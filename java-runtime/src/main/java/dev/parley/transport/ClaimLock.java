package dev.parley.transport;

import dev.parley.transport.TransportException.Reason;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock beside a socket: first a place in a table of this process, then an fcntl lock on the
 * whole of the lock file (N-4).
 *
 * <p>The file is made once, with mode 0600, and never removed: a lock on a file that has gone is
 * worth nothing. The system drops the lock when any descriptor of the file is closed in this
 * process, so that there is at most one at a time, and the table is asked before it is opened.
 *
 * <p>Safe for use by many threads.
 */
final class ClaimLock {
  private static final int TRIES = 100;

  /** The lock files that this process holds or is about to; guarded by itself. */
  private static final Set<Place> HELD = new HashSet<>();

  /**
   * Channels of lock files that another copy of this class holds in this process: to close them
   * would drop its lock, so they are kept for the next try.
   */
  private static final Map<Place, FileChannel> KEPT = new ConcurrentHashMap<>();

  /** A file by what it is, whatever it is called. */
  private record Place(long device, long inode) {}

  private final Place place;

  /** Kept, since the JDK forgets a lock that nobody refers to, though the system does not. */
  private final FileLock lock;

  private ClaimLock(Place place, FileLock lock) {
    this.place = place;
    this.lock = lock;
  }

  /**
   * @throws TransportException IN_USE if another server, in this process or another, has the lock;
   *     NOT_PERMITTED if the lock file is not this user's own regular file
   */
  static ClaimLock take(Endpoint.UnixPath endpoint) throws IOException {
    return take(endpoint, SocketNames.lockPath(endpoint.path()));
  }

  /** The same, with another file than that of N-3. */
  static ClaimLock take(Endpoint.UnixPath endpoint, Path path) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      FileIdentity file = ensureFile(path, endpoint);
      if (file == null) {
        continue;
      }
      ClaimLock lock = tryTake(path, file, endpoint);
      if (lock != null) {
        return lock;
      }
    }
    throw new TransportException(
        Reason.FAILED, "N-4: the lock file " + path + " of " + endpoint + " keeps being replaced");
  }

  private static @Nullable FileIdentity ensureFile(Path path, Endpoint endpoint)
      throws IOException {
    FileIdentity found = FileIdentity.ifPresent(path);
    if (found == null) {
      try {
        // Exclusive: this opens and closes no file that anybody could hold a lock on.
        Files.createFile(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (FileAlreadyExistsException e) {
        return null;
      } catch (AccessDeniedException e) {
        throw new TransportException(
            Reason.NOT_PERMITTED, "N-4: the lock file of " + endpoint + " cannot be made: " + e, e);
      }
      found = FileIdentity.ifPresent(path);
    }
    if (found != null && (!found.isRegular() || found.uid() != ProcessUser.EUID)) {
      throw new TransportException(
          Reason.NOT_PERMITTED,
          "N-4: the lock file "
              + path
              + " is "
              + found.kind()
              + " of uid "
              + found.uid()
              + " where a regular file of uid "
              + ProcessUser.EUID
              + " is required");
    }
    return found;
  }

  /** Null if the file was replaced meanwhile. */
  private static @Nullable ClaimLock tryTake(Path path, FileIdentity file, Endpoint endpoint)
      throws IOException {
    Place place = new Place(file.device(), file.inode());
    synchronized (HELD) {
      if (!HELD.add(place)) {
        throw inUse(endpoint, "this process serves there already", null);
      }
    }
    FileChannel channel = null;
    boolean done = false;
    try {
      channel = KEPT.remove(place);
      if (channel == null) {
        channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      }
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(endpoint, "another process holds its lock", null);
      }
      // The same file before the open and after the lock: so it is the one opened, too.
      if (!file.isSameFile(FileIdentity.ifPresent(path))) {
        return null;
      }
      done = true;
      return new ClaimLock(place, lock);
    } catch (OverlappingFileLockException e) {
      KEPT.put(place, channel);
      channel = null;
      throw inUse(endpoint, "this process serves there already", e);
    } catch (NoSuchFileException e) {
      return null;
    } finally {
      if (!done) {
        drop(place, channel);
      }
    }
  }

  private static TransportException inUse(
      Endpoint endpoint, String why, @Nullable Exception cause) {
    return new TransportException(Reason.IN_USE, "N-4: " + endpoint + " is in use: " + why, cause);
  }

  private static void drop(Place place, @Nullable Channel channel) {
    if (channel != null) {
      try {
        channel.close(); // This releases the lock.
      } catch (IOException e) {
        // The descriptor is gone all the same.
      }
    }
    // Last: who finds the table free must find no descriptor open.
    synchronized (HELD) {
      HELD.remove(place);
    }
  }

  /** Gives the lock back and leaves its file. Called once. */
  void release() {
    drop(place, lock.acquiredBy());
  }
}
