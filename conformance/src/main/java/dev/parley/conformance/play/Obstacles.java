package dev.parley.conformance.play;

import dev.parley.conformance.play.Programs.Listening;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.PeerProgram;
import dev.parley.conformance.v1.Setting;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Puts into a server's way what a case wants there, and tells what lies there afterwards. */
final class Obstacles {
  private Obstacles() {}

  /** The path that the server is to claim, with the obstacle in place. */
  static Path put(Scene scene, Setting setting) throws IOException, InterruptedException {
    Path own = scene.programs.newPath();
    Path folder = Path.of(own.toString().replaceFirst("\\.sock$", ""));
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path path = folder.resolve("s.sock");
    if (setting.getPathLength() > 0) {
      int missing = setting.getPathLength() - path.toString().length();
      path = folder.resolve("s" + "x".repeat(Math.max(0, missing)) + ".sock");
    }
    switch (setting.getObstacle()) {
      case STALE_SOCKET -> {
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
          left.bind(UnixDomainSocketAddress.of(path));
        }
      }
      case LIVE_SERVER -> hold(scene, path);
      case HELD_LOCK -> {
        hold(scene, path);
        Files.delete(path);
      }
      case REGULAR_FILE -> Files.writeString(path, "not a socket");
      case DIRECTORY -> Files.createDirectory(path);
      case SYMLINK -> Files.createSymbolicLink(path, folder.resolve("elsewhere"));
      case OPEN_FOLDER ->
          Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      case LINKED_FOLDER -> {
        Path link = folder.resolveSibling(folder.getFileName() + "-link");
        Files.createSymbolicLink(link, folder);
        path = link.resolve("s.sock");
      }
      case NOTHING, UNRECOGNIZED -> {
        // The way is free.
      }
    }
    return path;
  }

  /** The client's program serves there, so that a server of another language finds it. */
  private static void hold(Scene scene, Path path) throws IOException, InterruptedException {
    PeerProgram holder = scene.clientProgram();
    long handle = holder.newHandle();
    holder.commandOk(
        new Line("serve").with("server", handle).with("path", path.toString()), scene.limit);
    scene.holding = new Listening(holder, handle, path);
  }

  /** What lies at the path, so that it can be told from another thing. */
  static String describe(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return "nothing";
    }
    return Files.readAttributes(path, "unix:ino,mode,size,uid", LinkOption.NOFOLLOW_LINKS)
        .toString();
  }
}
