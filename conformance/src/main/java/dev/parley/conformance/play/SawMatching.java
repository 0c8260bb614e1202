package dev.parley.conformance.play;

import dev.parley.conformance.v1.Many;
import dev.parley.conformance.v1.Pair;
import dev.parley.conformance.v1.Saw;
import dev.parley.conformance.wire.Mismatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compares what a handler saw of its call with what a case wants of it. */
final class SawMatching {
  private SawMatching() {}

  /**
   * @param more pairs of metadata beside those in {@code wanted}
   */
  static void check(Saw wanted, Many more, Saw came) {
    List<Pair> pairs = Scope.pairs(wanted.getMetadataList(), more);
    same("metadata", Scope.text(pairs), Scope.text(came.getMetadataList()));
    same("a timeout", "" + wanted.getTimeout(), "" + came.getTimeout());
    if (wanted.getTimeout()
        && Long.compareUnsigned(came.getRemainingUs(), wanted.getRemainingUs()) > 0) {
      throw new Mismatch(
          "the handler saw " + came.getRemainingUs() + " us left of " + wanted.getRemainingUs());
    }
    if (!wanted.getPeerName().isEmpty()) {
      same("the peer's name", wanted.getPeerName(), came.getPeerName());
    }
    same("padding", "" + wanted.getPaddingSize(), "" + came.getPaddingSize());
    same("the peer's uid", "" + ownUid(), "" + Integer.toUnsignedLong(came.getPeerUid()));
    same("it cancelled", "" + wanted.getCancelled(), "" + came.getCancelled());
  }

  private static void same(String what, String wanted, String came) {
    if (!wanted.equals(came)) {
      throw new Mismatch("wanted that the handler saw " + what + " " + wanted + ", it saw " + came);
    }
  }

  private static long ownUid() {
    try {
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return ((Integer) uid).longValue();
    } catch (IOException e) {
      throw new IllegalStateException("cannot tell the own user", e);
    }
  }
}
